// SPDX-License-Identifier: GPL-3.0-or-later
// mmsim slab-geometry: how many objects and pages a slab of each cache of a capture has, from the size of its objects.
// Exit code 2 and nothing printed if the capture's files cannot be used.
// mmsim kmalloc: the way of one object through the allocators of a booted machine, from its size down to its frame.
#pragma once

#include <string>

#include "engine/cli/machine_option.h"

namespace mm {

struct SlabGeometryOptions {
    std::string capture;
};
CLI::App* add_slab_geometry(CLI::App& app, SlabGeometryOptions& options);
int slab_geometry_command(const SlabGeometryOptions& options);

struct KmallocOptions {
    MachineOptions machine;
    RunOptions run;
    Bytes size = 100;
    std::string gfp = "GFP_KERNEL";
    unsigned cpu = 0;
};
CLI::App* add_kmalloc(CLI::App& app, KmallocOptions& options);
int kmalloc_command(const KmallocOptions& options);

}  // namespace mm

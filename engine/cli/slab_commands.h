// SPDX-License-Identifier: GPL-3.0-or-later
// mmsim slab-geometry: how many objects and pages a slab of each cache of a capture has, from the size of its objects.
// Exit code 2 and nothing printed if the capture's files cannot be used.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace mm {

struct SlabGeometryOptions {
    std::string capture;
};
CLI::App* add_slab_geometry(CLI::App& app, SlabGeometryOptions& options);
int slab_geometry_command(const SlabGeometryOptions& options);

}  // namespace mm

// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cli/slab_commands.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "engine/cli/machine_option.h"
#include "engine/firmware/capture_files.h"
#include "engine/firmware/own_profile.h"
#include "engine/slab_common/slabinfo.h"
#include "engine/slub/slab_geometry.h"

namespace mm {
namespace {

Outcome<std::string> geometry_of(const std::string& capture) {
    const auto files = read_capture(capture);
    if (!files) return files.error();
    const std::string file = (std::filesystem::path(capture) / "proc_slabinfo.txt").string();
    if (files->slabinfo.empty())
        return Error{"missing or empty; expected /proc/slabinfo of the machine, beside dmesg.txt", file};
    const auto machine = read_machine(*files);
    if (!machine) return machine.error();
    const auto rows = read_slabinfo_sizes(files->slabinfo, file);
    if (!rows) return rows.error();
    const KernelProfile& profile = own_profile(*machine);
    const SlabParams params = slab_params(*machine, profile);
    std::string out;
    for (const SlabinfoSize& row : *rows) {
        const auto order = calculate_order(row.objsize, params, profile);
        if (!order)
            return Error{fmt::format("objects of {} bytes in cache {}; expected no more than the largest block holds",
                                     row.objsize, row.name),
                         file, row.line};
        const SlabShape shape = slab_shape(*order, row.objsize);
        out += fmt::format("{} {} {} {}\n", row.name, row.objsize, shape.objects, NrPages{1} << shape.order);
    }
    return out;
}

}  // namespace

CLI::App* add_slab_geometry(CLI::App& app, SlabGeometryOptions& options) {
    auto* command = app.add_subcommand(
        "slab-geometry", "Tell each slab cache's name, object size, objects and pages of a slab, from the size alone");
    command->add_option("CAPTURE", options.capture, "A folder with dmesg.txt and proc_slabinfo.txt")->required();
    return command;
}

int slab_geometry_command(const SlabGeometryOptions& options) {
    const auto out = geometry_of(options.capture);
    if (!out) return fail(out.error().text());
    std::cout << *out;
    return 0;
}

}  // namespace mm

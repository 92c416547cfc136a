// SPDX-License-Identifier: GPL-3.0-or-later
// The command line as bytes: splitting, numbers, and mem=/memmap= on a small machine's map. What comes out must be a
// map that update_table() can vouch for.
#include <cstdlib>

#include "engine/e820/setup.h"
#include "engine/firmware/command_line.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mm;
    const std::string line(reinterpret_cast<const char*>(data), size);
    for (const auto& param : parse_command_line(line)) {
        std::string_view rest;
        (void)memparse(param.value, &rest);
        if (rest.size() > param.value.size()) std::abort();
    }
    (void)find_param(line, "numa");
    E820Table table;
    table.append({{0, 0x9fc00, E820Type::ram},
                  {0x9fc00, 0x400, E820Type::reserved},
                  {MiB, 511 * MiB, E820Type::ram},
                  {4 * GiB, GiB, E820Type::ram}});
    table.update_table();
    // Without two sound ranges the kernel panics and leaves the map as it is.
    if (parse_user_map(table, line, {}) && finish_user_map(table, {}) && table.check()) std::abort();
    return 0;
}

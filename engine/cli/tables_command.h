// SPDX-License-Identifier: GPL-3.0-or-later
// mmsim tables: the computed page tables beside those of the running machine (qemu_page_table.txt of a capture's
// folder), by area. Exit codes: 0 all agrees or is explained, 1 something differs, 2 bad input.
#pragma once

#include <string>
#include <vector>

namespace mm {

struct TablesOptions {
    std::vector<std::string> captures;
    bool json = false;
};
int tables_command(const TablesOptions& options);

}  // namespace mm

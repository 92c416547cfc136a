// SPDX-License-Identifier: GPL-3.0-or-later
// mmsim verify and mmsim compare: what is printed and which exit code. 0 all is equal, 1 there are differences, 2 bad
// input (message on stderr).
#pragma once

#include <string>
#include <vector>

namespace mm {

struct VerifyOptions {
    std::vector<std::string> captures;
    std::string kernel;     ///< "": the capture's version
    std::size_t first = 3;  ///< differences shown of each category
    bool json = false;
};
int verify_command(const VerifyOptions& options);

struct CompareOptions {
    std::string file, kernel, with;
    std::size_t first = 3;
    bool json = false;
};
int compare_command(const CompareOptions& options);

}  // namespace mm

// SPDX-License-Identifier: GPL-3.0-or-later
// Packed text: one zstd frame with a checksum, so that a flipped bit is found when it is unpacked.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mm {

std::string pack(std::string_view text);
/// nullopt: damaged, or larger than any input could be.
std::optional<std::string> unpack(std::string_view packed);

}  // namespace mm

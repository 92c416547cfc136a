// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/snapshot/block_event.h"

#include <fmt/format.h>

#include <array>

namespace mm {
namespace {

constexpr std::array<std::string_view, nr_block_event_kinds> kind_names{
#define MM_X(id, words) #id,
    MM_BLOCK_EVENTS(MM_X)
#undef MM_X
};
constexpr std::array<std::string_view, nr_block_event_kinds> kind_words{
#define MM_X(id, words) words,
    MM_BLOCK_EVENTS(MM_X)
#undef MM_X
};

}  // namespace

std::string_view name_of(BlockEventKind kind) {
    return kind_names[static_cast<std::size_t>(kind)];
}

std::string_view words_of(BlockEventKind kind) {
    return kind_words[static_cast<std::size_t>(kind)];
}

std::string frames_text(PfnRange r) {
    return r.size() == 1 ? fmt::format("{}", r.start) : fmt::format("{}..{}", r.start, r.end - 1);
}

}  // namespace mm

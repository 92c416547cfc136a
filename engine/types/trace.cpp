// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/types/trace.h"

#include <array>

namespace mm {
namespace {

struct KindInfo {
    std::string_view name, function, file;
};

constexpr std::array kind_infos{
#define MM_X(id, function, file) KindInfo{#id, function, file},
    MM_EVENT_KINDS(MM_X)
#undef MM_X
};

const KindInfo& info(EventKind kind) {
    return kind_infos.at(static_cast<std::size_t>(kind));
}

}  // namespace

std::string_view name_of(EventKind kind) {
    return info(kind).name;
}
std::string_view kernel_function_of(EventKind kind) {
    return info(kind).function;
}
std::string_view kernel_file_of(EventKind kind) {
    return info(kind).file;
}

}  // namespace mm

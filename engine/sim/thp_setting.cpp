// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/thp_setting.h"

#include <fmt/format.h>

#include <array>

#include "engine/firmware/command_line.h"

namespace mm {
namespace {

constexpr std::array files{SetThp::File::enabled, SetThp::File::defrag, SetThp::File::use_zero_page};
constexpr std::array enabled_words{ThpEnabled::always, ThpEnabled::madvise, ThpEnabled::never};
constexpr std::array defrag_words{ThpDefrag::always, ThpDefrag::defer, ThpDefrag::defer_madvise, ThpDefrag::madvise,
                                  ThpDefrag::never};
constexpr NrPages least_memory = 512 * MiB >> page_shift;

/// The value of that name; nothing, with the names in known: there is none.
template<class Values>
std::optional<typename Values::value_type> value_named(const Values& values, std::string_view name,
                                                       std::string& known) {
    for (const auto value : values) {
        if (name == name_of(value)) return value;
        known += fmt::format("{}{}", known.empty() ? "" : ", ", name_of(value));
    }
    return std::nullopt;
}

}  // namespace

std::string_view name_of(SetThp::File file) {
    constexpr std::array<std::string_view, 3> names{"enabled", "defrag", "use_zero_page"};
    return names.at(static_cast<std::size_t>(file));
}

std::optional<SetThp::File> thp_file_named(std::string_view name) {
    std::string known;
    return value_named(files, name, known);
}

bool starts_khugepaged(std::string_view command_line) {
    return find_param(command_line, "transparent_hugepage").value_or("") != "never";
}

ThpSettings thp_settings_at_boot(std::string_view command_line, NrPages totalram) {
    if (totalram < least_memory) return {ThpEnabled::never, ThpDefrag::never, false};
    ThpSettings settings;
    std::string known;
    settings.enabled = value_named(enabled_words, find_param(command_line, "transparent_hugepage").value_or(""), known)
                           .value_or(ThpEnabled::always);
    return settings;
}

Outcome<ThpSettings> with_thp_setting(ThpSettings settings, const SetThp& c) {
    std::string known;
    if (c.file == SetThp::File::enabled) {
        if (const auto value = value_named(enabled_words, c.value, known)) return settings.enabled = *value, settings;
    } else if (c.file == SetThp::File::defrag) {
        if (const auto value = value_named(defrag_words, c.value, known)) return settings.defrag = *value, settings;
    } else {
        known = "0, 1";
        if (c.value == "0" || c.value == "1") return settings.use_zero_page = c.value == "1", settings;
    }
    return Error{fmt::format("transparent_hugepage {} {}: expected one of {}", name_of(c.file), c.value, known)};
}

}  // namespace mm

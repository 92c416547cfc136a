// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/slab_common/slab_params.h"

#include <cctype>
#include <optional>

#include "engine/firmware/command_line.h"

namespace mm {
namespace {

/// get_option(): what is no number leaves the value alone.
void take_number(const std::optional<std::string>& text, unsigned& value) {
    if (!text) return;
    const bool minus = text->starts_with('-');
    const std::string_view digits = std::string_view(*text).substr(minus ? 1 : 0);
    std::string_view rest;
    const auto number = static_cast<unsigned>(simple_strtoull(digits, &rest));
    if (rest.size() < digits.size()) value = minus ? 0u - number : number;
}

/// One block of slub_debug=: "FZ", "FZ,dentry,kmalloc-*" or ",dentry".
struct DebugBlock {
    SlabFlags flags = 0;
    bool low_order = false;
    std::optional<std::string_view> caches;  ///< names with commas between; nullopt: the block is for all caches
};

SlabFlags debug_flag(char letter) {
    switch (std::tolower(static_cast<unsigned char>(letter))) {
        case 'f':
            return slab::consistency_checks;
        case 'z':
            return slab::red_zone;
        case 'p':
            return slab::poison;
        case 'u':
            return slab::store_user;
        case 't':
            return slab::trace;
        case 'a':
            return slab::failslab;
        default:
            return 0;  // unknown letters are skipped
    }
}

/// parse_slub_debug_flags(): the first block of the text, which loses it.
DebugBlock take_block(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(';'), text.size()));
    const std::string_view block = text.substr(0, text.find(';'));
    text.remove_prefix(block.size());
    text.remove_prefix(std::min(text.find_first_not_of(';'), text.size()));

    DebugBlock out;
    const auto comma = block.find(',');
    if (comma == 0) out.flags = slab::debug_default;
    for (const char letter : block.substr(0, comma)) {
        if (letter == '-') out.flags = 0;
        if (letter == 'o' || letter == 'O') out.low_order = true;
        out.flags |= debug_flag(letter);
    }
    if (comma != std::string_view::npos) out.caches = block.substr(comma + 1);
    return out;
}

/// setup_slub_debug(). Flags with caches named are for those alone; if some block names none, it is for the rest.
void take_debug(const KernelParam& param, SlabParams& params) {
    if (!param.has_value || param.value.empty()) {
        params.debug = slab::debug_default;
        return;
    }
    std::string_view rest = param.value;
    std::optional<SlabFlags> for_all;
    bool names = false;
    while (!rest.empty()) {
        const DebugBlock block = take_block(rest);
        params.low_order_debug |= block.low_order;
        if (block.caches)
            names = true;
        else
            for_all = block.flags;
    }
    if (names) params.debug_blocks = param.value;
    if (for_all || !names) params.debug = for_all.value_or(slab::debug_default);
}

bool matches(std::string_view pattern, std::string_view cache) {
    const auto star = pattern.find('*');
    return star == std::string_view::npos ? pattern == cache : cache.starts_with(pattern.substr(0, star));
}

bool names_cache(std::string_view list, std::string_view cache) {
    while (!list.empty()) {
        const auto comma = list.find(',');
        if (matches(list.substr(0, comma), cache)) return true;
        if (comma == std::string_view::npos) break;
        list.remove_prefix(comma + 1);
    }
    return false;
}

/// Options of SLAB, which does not know the others.
void take_slab_option(const KernelParam& param, SlabParams& params, Order highest) {
    if (param.name == "noaliencache") params.noaliencache = true;
    if (param.name == "slab_nomerge") params.nomerge = true;
    if (param.name != "slab_max_order") return;
    unsigned order = 0;  // get_option() of what is no number
    take_number(param.value, order);
    params.slab_max_order = static_cast<int>(order) < 0 ? 0 : std::min<Order>(order, highest);
}

}  // namespace

SlabParams slab_params(const Machine& machine, const KernelProfile& profile) {
    SlabParams params;
    params.possible_cpus = machine.possible_cpus;
    params.present_cpus = machine.possible_cpus - std::min(machine.hotplug_cpus, machine.possible_cpus - 1);
    // CLFLUSH tells the line's size; a 32-bit CPU that lacks NX is taken to be older than that instruction.
    params.cache_line = profile.arch == Arch::i386 && !machine.nx ? 32 : 64;
    const Order highest = profile.max_order - 1;
    for (const KernelParam& param : parse_command_line(machine.command_line)) {
        if (profile.slab_design == SlabDesign::slab) {
            take_slab_option(param, params, highest);
            continue;
        }
        std::string_view name = param.name;
        const bool slab_name = name.starts_with("slab_");
        if (!slab_name && !name.starts_with("slub_")) continue;
        name.remove_prefix(5);
        if (name == "nomerge" || name == "merge") params.nomerge = name == "nomerge";
        if (slab_name && !profile.slub.min_order_lifts_max) continue;
        if (name == "min_order") take_number(param.value, params.min_order);
        if (name == "max_order") take_number(param.value, params.max_order);
        if (name == "min_objects") take_number(param.value, params.min_objects);
        if (name == "debug") take_debug(param, params);
    }
    params.max_order = std::min(params.max_order, highest);
    params.min_order = std::min(params.min_order, highest);  // the kernel would not come up with more
    if (profile.slub.min_order_lifts_max) params.max_order = std::max(params.max_order, params.min_order);
    return params;
}

SlabFlags with_debug_flags(const SlabParams& params, std::string_view cache, SlabFlags flags) {
    if (flags & slab::no_user_flags) return flags;
    const SlabFlags for_all = flags & slab::noleaktrace ? params.debug & ~slab::store_user : params.debug;
    for (std::string_view rest = params.debug_blocks; !rest.empty();) {
        const DebugBlock block = take_block(rest);
        if (block.caches && names_cache(*block.caches, cache)) return flags | block.flags;
    }
    return flags | for_all;
}

}  // namespace mm

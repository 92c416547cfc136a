// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/machine_files.h"

#include <array>
#include <utility>

#include "engine/firmware/log_scanner.h"

namespace mm {
namespace {

constexpr VirtAddr kernel_map_start = 0xffffffff80000000;  // __START_KERNEL_map
constexpr unsigned largest_distance = 255;

/// The next line of text, taken off its front.
std::string_view take_line(std::string_view& text) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    while (line.ends_with('\r') || line.ends_with(' '))
        line.remove_suffix(1);
    return line;
}

struct Symbols {
    VirtAddr text = 0, bss_stop = 0, init_begin = 0, init_end = 0, stext = 0, etext = 0;
};

Symbols read_symbols(std::string_view text) {
    Symbols symbols;
    const std::array<std::pair<std::string_view, VirtAddr*>, 6> wanted{{{"_text", &symbols.text},
                                                                        {"__bss_stop", &symbols.bss_stop},
                                                                        {"__init_begin", &symbols.init_begin},
                                                                        {"__init_end", &symbols.init_end},
                                                                        {"_stext", &symbols.stext},
                                                                        {"_etext", &symbols.etext}}};
    while (!text.empty()) {
        LogScanner line(take_line(text));
        const auto addr = line.take_hex();
        if (!addr || !line.take(" ") || !line.skip_past(" ")) continue;
        for (const auto& [name, slot] : wanted)
            if (line.rest() == name) *slot = *addr;
    }
    return symbols;
}

/// 32-bit kernels have the image in the direct map, and its end only in /proc/iomem.
void place_i386_image(const Symbols& symbols, Machine& machine) {
    auto& image = machine.image;
    if (!image.res_bss.empty()) image.end_reserved = align_up(image.res_bss.end, page_size);
    if (symbols.text == 0 || symbols.text >= 4 * GiB || image.res_code.empty()) return;
    image.page_offset = symbols.text - image.text;
    if (symbols.init_begin <= image.page_offset) return;
    image.init_begin = symbols.init_begin - image.page_offset;
    if (image.init) image.init_end = image.init_begin + image.init;
}

}  // namespace

void parse_iomem(std::string_view text, Machine& machine) {
    auto& image = machine.image;
    const std::array<std::pair<std::string_view, PhysRange*>, 4> wanted{{{" : Kernel code", &image.res_code},
                                                                         {" : Kernel rodata", &image.res_rodata},
                                                                         {" : Kernel data", &image.res_data},
                                                                         {" : Kernel bss", &image.res_bss}}};
    while (!text.empty()) {
        LogScanner line(take_line(text));
        line.skip_blanks();
        const auto range = line.take_old_range();
        // A reader without privileges sees zeros.
        if (!range || range->end == 0) continue;
        for (const auto& [name, slot] : wanted)
            if (line.rest() == name) *slot = {range->start, range->end + 1};
    }
    if (!image.res_code.empty()) image.text = image.res_code.start;
    // arm64's "Kernel code" ends at __init_begin, and its "Kernel data" begins at __init_end.
    if (machine.arch == Arch::arm64) {
        image.init_begin = image.res_code.end;
        image.init_end = image.res_data.start;
    }
}

void parse_symbols(std::string_view text, Machine& machine) {
    const Symbols symbols = read_symbols(text);
    auto& image = machine.image;
    if (machine.arch == Arch::i386) return place_i386_image(symbols, machine);
    if (machine.arch == Arch::arm64) {
        image.virt_text = symbols.stext;
        if (symbols.etext > symbols.stext && symbols.etext - symbols.stext < GiB)
            image.text_size = symbols.etext - symbols.stext;
        return;
    }
    if (symbols.text < kernel_map_start) return;
    if (image.res_code.empty()) {
        image.text = symbols.text - kernel_map_start;
        machine.notes.push_back(
            "Where the kernel lies in physical memory is taken from its virtual addresses: with KASLR it may be "
            "elsewhere.");
    } else {
        image.text = image.res_code.start;
    }
    const auto physical = [&](VirtAddr addr) { return addr < symbols.text ? 0 : addr - symbols.text + image.text; };
    image.end_reserved = physical(symbols.bss_stop);
    image.init_begin = physical(symbols.init_begin);
    image.init_end = physical(symbols.init_end);
}

std::vector<unsigned> parse_distances(std::string_view text) {
    std::vector<unsigned> row;
    LogScanner in(take_line(text));
    for (in.skip_blanks(); !in.at_end(); in.skip_blanks()) {
        const auto distance = in.take_decimal();
        if (!distance || *distance > largest_distance) return {};
        row.push_back(static_cast<unsigned>(*distance));
    }
    return row;
}

}  // namespace mm

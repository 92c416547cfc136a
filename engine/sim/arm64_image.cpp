// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/arm64_image.h"

#include "engine/firmware/command_line.h"

namespace mm {
namespace {

constexpr Bytes segment_align = 64 * KiB;  // SEGMENT_ALIGN

}  // namespace

Arm64Image arm64_image(const Machine& machine, const KernelProfile& profile) {
    const KernelImage& known = machine.image;
    const Bytes code = align_up(known.code ? known.code : 16 * MiB, segment_align);
    const auto segment = [](Bytes size) { return align_up(size, segment_align); };
    Arm64Image image;
    image.stext = known.text ? known.text : profile.default_text_start;
    image.etext = image.stext + (known.text_size ? known.text_size : code);
    image.init_begin = known.res_code.empty() ? image.etext + segment(known.rodata) : known.res_code.end;
    image.data = known.res_data.empty() ? image.init_begin + segment(known.init) : known.res_data.start;
    image.end = known.res_data.empty() ? image.data + segment(known.rwdata + known.bss + profile.init_pg_dir_size)
                                       : known.res_data.end;
    image.inittext_end = std::min(image.init_begin + profile.inittext_size, image.data);
    image.etext = std::min(image.etext, image.init_begin);
    image.virt_stext = known.virt_text ? known.virt_text : profile.default_virt_text;
    image.init_pg_dir_size = profile.init_pg_dir_size;
    return image;
}

bool arm64_page_mappings_only(std::string_view command_line) {
    const auto rodata = find_param(command_line, "rodata");
    const bool full = !rodata || *rodata == "full";
    const bool debug = find_param(command_line, "debug_pagealloc").value_or("off") == "on";
    return full || debug || find_param(command_line, "crashkernel").has_value();
}

}  // namespace mm

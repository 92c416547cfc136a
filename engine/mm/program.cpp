// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/program.h"

#include <fmt/format.h>

#include <algorithm>

namespace mm {
namespace {

constexpr std::uint16_t et_exec = 2, et_dyn = 3;
constexpr std::uint32_t pt_load = 1, pt_interp = 3, pf_x = 1, pf_w = 2, pf_r = 4;

/// Little-endian numbers of a file, and whether they were all inside it.
class Reader {
public:
    explicit Reader(std::string_view bytes) : m_bytes(bytes) {}
    std::uint64_t number(std::uint64_t at, unsigned size) {
        std::uint64_t v = 0;
        if (at > m_bytes.size() || size > m_bytes.size() - at) return m_ok = false, 0;
        for (unsigned i = size; i-- > 0;)
            v = v << 8 | static_cast<unsigned char>(m_bytes[at + i]);
        return v;
    }
    bool ok() const { return m_ok; }

private:
    std::string_view m_bytes;
    bool m_ok = true;
};

VmaFlags access_of(std::uint64_t flags) {
    return (flags & pf_r ? vma::read : 0) | (flags & pf_w ? vma::write : 0) | (flags & pf_x ? vma::exec : 0);
}

}  // namespace

Bytes Program::image_size() const {
    Bytes end = 0;
    for (const Segment& s : segments)
        end = std::max(end, s.virt + s.memory_size);
    const Bytes start = segments.empty() ? 0 : align_down(segments.front().virt, page_size);
    return align_up(end - start, page_size);
}

ProgramSize Program::size() const {
    ProgramSize sum;
    for (const Segment& s : segments) {
        (s.access & vma::write ? sum.data : sum.text) += s.file_size;
        sum.bss += s.memory_size - s.file_size;
    }
    return sum;
}

Program make_program(std::string path, const ProgramSize& size) {
    Program p;
    p.path = std::move(path);
    p.interpreter = "/lib64/ld-linux-x86-64.so.2";
    const Bytes headers = 0x600, constants = std::max<Bytes>(size.text / 4, 1);
    Bytes at = 0;
    const auto add = [&](Bytes bytes, Bytes bss, VmaFlags access) {
        p.segments.push_back({at, at, bytes, bytes + bss, access});
        at = align_up(at + bytes, page_size);
    };
    add(headers, 0, vma::read);
    add(std::max<Bytes>(size.text, 1), 0, vma::read | vma::exec);
    add(constants, 0, vma::read);
    add(std::max<Bytes>(size.data, 1), size.bss, vma::read | vma::write);
    p.file_size = at;
    return p;
}

const Segment* wrong_segment(const Program& p) {
    for (const Segment& s : p.segments)
        if (s.file_size > s.memory_size || s.offset > p.file_size || s.file_size > p.file_size - s.offset ||
            s.memory_size > (Bytes{1} << 40) || s.virt > (VirtAddr{1} << 46) ||
            s.virt % page_size != s.offset % page_size)
            return &s;
    return nullptr;
}

Outcome<Program> read_elf(std::string path, std::string_view bytes) {
    const auto refuse = [&](std::string_view what) { return Error{std::string(what), path}; };
    if (!bytes.starts_with("\x7f"
                           "ELF") ||
        bytes.size() < 52)
        return refuse("expected an ELF file: 7f 45 4c 46 at its start");
    const bool wide = bytes[4] == 2;
    if ((bytes[4] != 1 && !wide) || bytes[5] != 1) return refuse("expected a little-endian ELF file of class 1 or 2");
    Reader in(bytes);
    const std::uint64_t type = in.number(16, 2), headers = in.number(wide ? 32 : 28, wide ? 8 : 4);
    const std::uint64_t entry_size = in.number(wide ? 54 : 42, 2), count = in.number(wide ? 56 : 44, 2);
    if (type != et_exec && type != et_dyn)
        return refuse(fmt::format("ELF type {}: expected a program or a shared object", type));
    Program p;
    p.path = path;
    p.is_pie = type == et_dyn;
    p.file_size = bytes.size();
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
        const std::uint64_t at = headers + i * entry_size;
        const std::uint64_t kind = in.number(at, 4), flags = in.number(at + (wide ? 4 : 24), 4);
        const unsigned word = wide ? 8 : 4;
        const std::uint64_t first = at + (wide ? 8 : 4);
        const auto field = [&](unsigned n) { return in.number(first + n * word, word); };
        if (kind == pt_load) p.segments.push_back({field(0), field(1), field(3), field(4), access_of(flags)});
        if (kind == pt_interp && field(3) > 0 && field(0) <= bytes.size() && field(3) <= bytes.size() - field(0))
            p.interpreter = bytes.substr(field(0), field(3) - 1);
    }
    if (!in.ok()) return refuse("the program headers lie beyond the end of the file");
    if (p.segments.empty()) return refuse("expected a PT_LOAD segment; there is none");
    if (const Segment* s = wrong_segment(p))
        return refuse(fmt::format("segment at {:#x}: {} bytes of the file and {} in memory do not fit", s->virt,
                                  s->file_size, s->memory_size));
    return p;
}

}  // namespace mm

// SPDX-License-Identifier: GPL-3.0-or-later
// The commands of processes as text, there and back.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/sim/command_words.h"
#include "engine/sim/process_command.h"
#include "engine/sim/thp_setting.h"

namespace mm {
namespace {

using Words = std::vector<std::string_view>;

std::string access_text(VmaFlags access) {
    return fmt::format("{}{}{}", access & vma::read ? 'r' : '-', access & vma::write ? 'w' : '-',
                       access & vma::exec ? 'x' : '-');
}

std::optional<VmaFlags> parse_access(std::string_view text) {
    constexpr std::string_view letters = "rwx";
    if (text.size() != letters.size()) return std::nullopt;
    VmaFlags access = 0;
    for (std::size_t i = 0; i < letters.size(); ++i) {
        if (text[i] == letters[i])
            access |= VmaFlags{1} << i;
        else if (text[i] != '-')
            return std::nullopt;
    }
    return access;
}

std::string size_text(const ProgramSize& size) {
    return fmt::format("text {} data {} bss {}", size.text, size.data, size.bss);
}

/// What is run: its headers where they are known.
template<class Asked>
std::string program_text(const Asked& c) {
    if (!c.elf) return size_text(c.size);
    std::string out = fmt::format("elf {} {}", c.elf->is_pie ? "pie" : "fixed", c.elf->file_size);
    if (!c.elf->interpreter.empty()) out += " interp " + c.elf->interpreter;
    for (const Segment& s : c.elf->segments)
        out += fmt::format(" load {:#x} {:#x} {:#x} {:#x} {}", s.offset, s.virt, s.file_size, s.memory_size,
                           access_text(s.access));
    return out;
}

constexpr std::array<std::string_view, 3> advices{"hugepage", "nohugepage", "dontneed"};  // enum Advice

struct ProcessPrinter {
    std::string operator()(const Spawn& c) const { return fmt::format("spawn {} {}", c.path, program_text(c)); }
    std::string operator()(const ForkTask& c) const { return fmt::format("fork {}", c.pid); }
    std::string operator()(const Execve& c) const {
        return fmt::format("execve {} {} {}", c.pid, c.path, program_text(c));
    }
    std::string operator()(const ExitTask& c) const { return fmt::format("exit {}", c.pid); }
    std::string operator()(const Mmap& c) const {
        std::string out = fmt::format("mmap {} {} {}{}{}", c.pid, c.size, access_text(c.access),
                                      c.shared ? " shared" : "", c.hugetlb ? " hugetlb" : "");
        if (!c.path.empty()) out += fmt::format(" file {} offset {}", c.path, c.offset);
        return c.fixed ? out + fmt::format(" at {:#x}", c.fixed) : out;
    }
    std::string operator()(const Munmap& c) const {
        return fmt::format("munmap {} {:#x} {}", c.pid, c.address, c.size);
    }
    std::string operator()(const Mprotect& c) const {
        return fmt::format("mprotect {} {:#x} {} {}", c.pid, c.address, c.size, access_text(c.access));
    }
    std::string operator()(const Mlock& c) const {
        return fmt::format("{} {} {:#x} {}", c.lock ? "mlock" : "munlock", c.pid, c.address, c.size);
    }
    std::string operator()(const Sbrk& c) const { return fmt::format("sbrk {} {}", c.pid, c.by); }
    std::string operator()(const Touch& c) const {
        return fmt::format("touch {} {:#x} {} {}", c.pid, c.address, c.size, c.write ? "write" : "read");
    }
    std::string operator()(const OpenFile& c) const {
        return fmt::format("open {} {}{}", c.path, c.size, c.fscache ? " fscache" : "");
    }
    std::string operator()(const ReadFile& c) const { return fmt::format("read {} {} {}", c.path, c.offset, c.size); }
    std::string operator()(const WriteFile& c) const { return fmt::format("write {} {} {}", c.path, c.offset, c.size); }
    std::string operator()(const SyncFiles&) const { return "sync"; }
    std::string operator()(const DropCaches& c) const {
        return c.what == 1 ? "drop_caches" : fmt::format("drop_caches {}", c.what);
    }
    std::string operator()(const Madvise& c) const {
        return fmt::format("madvise {} {:#x} {} {}", c.pid, c.address, c.size,
                           advices[static_cast<unsigned>(c.advice)]);
    }
    std::string operator()(const SetThp& c) const {
        return fmt::format("transparent_hugepage {} {}", name_of(c.file), c.value);
    }
    std::string operator()(const FailMemory& c) const { return fmt::format("memory_failure {:#x}", c.pfn); }
    std::string operator()(const SoftOfflinePage& c) const { return fmt::format("soft_offline_page {:#x}", c.pfn); }
    std::string operator()(const UnpoisonMemory& c) const { return fmt::format("unpoison_memory {:#x}", c.pfn); }
    std::string operator()(const NrHugepages& c) const { return fmt::format("nr_hugepages {}", c.count); }
    std::string operator()(const RandomizeVaSpace& c) const { return fmt::format("randomize_va_space {}", c.level); }
    std::string operator()(const PageIdle& c) const {
        return fmt::format("page_idle {:#x} {} {}", c.pfn, c.pages, c.mark ? "mark" : "count");
    }
    std::string operator()(const Swapon& c) const { return fmt::format("swapon {} {}", c.path, c.size); }
};

/// The words of a command, taken one after the other; whatever does not fit is remembered.
class Reader {
public:
    explicit Reader(const Words& words) : m_words(words) {}

    bool next_is(std::string_view word) const { return m_at < m_words.size() && m_words[m_at] == word; }
    bool take(std::string_view word) {
        if (!next_is(word)) return false;
        ++m_at;
        return true;
    }
    std::string_view word() {
        if (m_at >= m_words.size()) return m_ok = false, std::string_view();
        return m_words[m_at++];
    }
    std::uint64_t number() {
        const auto n = mm::number(word());
        m_ok = m_ok && n;
        return n.value_or(0);
    }
    std::int64_t signed_number() {
        if (!m_ok || m_at >= m_words.size()) return m_ok = false, 0;
        const bool minus = m_words[m_at].starts_with('-');
        const auto n = mm::number(minus ? m_words[m_at].substr(1) : m_words[m_at]);
        ++m_at;
        m_ok = m_ok && n && *n <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        const auto value = static_cast<std::int64_t>(m_ok ? *n : 0);
        return minus ? -value : value;
    }
    unsigned up_to(unsigned most) {
        const std::uint64_t n = number();
        m_ok = m_ok && n <= most;
        return m_ok ? static_cast<unsigned>(n) : 0;
    }
    Pid pid() {
        const std::uint64_t n = number();
        m_ok = m_ok && n < (1U << 22);
        return static_cast<Pid>(m_ok ? n : 0);
    }
    std::string path() {
        const std::string_view w = word();
        m_ok = m_ok && w.starts_with('/');
        return std::string(w);
    }
    VmaFlags access() {
        const auto a = parse_access(word());
        m_ok = m_ok && a;
        return a.value_or(0);
    }
    Advice advice() {
        const auto it = std::find(advices.begin(), advices.end(), word());
        m_ok = m_ok && it != advices.end();
        return static_cast<Advice>(m_ok ? it - advices.begin() : 0);
    }
    SetThp::File thp_file() {
        const auto file = thp_file_named(word());
        m_ok = m_ok && file;
        return file.value_or(SetThp::File::enabled);
    }
    ProgramSize size() {
        ProgramSize s{64 * KiB, 8 * KiB, 4 * KiB};
        if (take("text")) s.text = number();
        if (take("data")) s.data = number();
        if (take("bss")) s.bss = number();
        constexpr Bytes most = 4 * GiB;
        m_ok = m_ok && s.text <= most && s.data <= most && s.bss <= most;
        return s;
    }
    /// "elf pie 147176 interp /lib64/ld.so load 0x0 0x0 0x3458 0x3458 r-- load ..."; nothing: it does not begin so.
    std::optional<Program> elf(const std::string& path) {
        if (!take("elf")) return std::nullopt;
        Program p;
        p.path = path;
        p.is_pie = take("pie");
        m_ok = m_ok && (p.is_pie || take("fixed"));
        p.file_size = number();
        if (take("interp")) p.interpreter = this->path();
        while (m_ok && take("load")) {
            Segment& s = p.segments.emplace_back();
            for (Bytes* field : {&s.offset, &s.virt, &s.file_size, &s.memory_size})
                *field = number();
            s.access = access();
        }
        m_ok = m_ok && !p.segments.empty() && !wrong_segment(p);
        return p;
    }
    unsigned cpu() {
        const std::uint64_t n = take("cpu") ? number() : 0;
        m_ok = m_ok && n <= 0xffff;
        return static_cast<unsigned>(n);
    }
    bool done() const { return m_ok && m_at == m_words.size(); }

private:
    const Words& m_words;
    std::size_t m_at = 1;  // behind the command's name
    bool m_ok = true;
};

Mmap read_mmap(Reader& in) {
    Mmap c;
    c.pid = in.pid();
    c.size = in.number();
    c.access = in.access();
    c.shared = in.take("shared");
    c.hugetlb = in.take("hugetlb");
    if (in.take("file")) {
        c.path = in.path();
        if (in.take("offset")) c.offset = in.number();
    }
    if (in.take("at")) c.fixed = in.number();
    return c;
}

template<class Command>
Command with_range(Reader& in) {
    Command c;
    c.pid = in.pid();
    c.address = in.number();
    c.size = in.number();
    return c;
}

/// What is run: by its own headers, or made up to a size.
template<class Command>
void read_program(Reader& in, Command& c) {
    c.elf = in.elf(c.path);
    if (!c.elf) c.size = in.size();
}

std::optional<ProcessCommand> read_command(std::string_view name, Reader& in) {
    if (name == "spawn") {
        Spawn c{in.path(), {}};
        read_program(in, c);
        return c;
    }
    if (name == "fork") return ForkTask{in.pid()};
    if (name == "execve") {
        Execve c{in.pid(), {}, {}};
        c.path = in.path();
        read_program(in, c);
        return c;
    }
    if (name == "exit") return ExitTask{in.pid()};
    if (name == "mmap") return read_mmap(in);
    if (name == "munmap") return with_range<Munmap>(in);
    if (name == "mlock" || name == "munlock") {
        auto c = with_range<Mlock>(in);
        c.lock = name == "mlock";
        return c;
    }
    if (name == "mprotect") {
        auto c = with_range<Mprotect>(in);
        c.access = in.access();
        return c;
    }
    if (name == "madvise") {
        auto c = with_range<Madvise>(in);
        c.advice = in.advice();
        return c;
    }
    if (name == "transparent_hugepage") {
        const SetThp::File file = in.thp_file();
        return SetThp{file, std::string(in.word())};
    }
    if (name == "sbrk") {
        const Pid pid = in.pid();
        return Sbrk{pid, in.signed_number()};
    }
    if (name == "touch") {
        auto c = with_range<Touch>(in);
        c.write = !in.take("read");
        if (c.write) in.take("write");
        return c;
    }
    return std::nullopt;
}

std::optional<ProcessCommand> read_file_command(std::string_view name, Reader& in) {
    if (name == "sync") return SyncFiles{};
    if (name == "drop_caches") {
        for (const unsigned what : {1U, 2U, 3U})
            if (in.take(std::to_string(what))) return DropCaches{what};
        return DropCaches{};
    }
    if (name != "open" && name != "swapon" && name != "read" && name != "write") return std::nullopt;
    std::string path = in.path();
    const Bytes first = in.number();
    if (name == "open") return OpenFile{std::move(path), first, in.take("fscache")};
    if (name == "swapon") return Swapon{std::move(path), first};
    const Bytes size = in.number();
    if (name == "read") return ReadFile{std::move(path), first, size};
    return WriteFile{std::move(path), first, size};
}

std::optional<ProcessCommand> read_frame_command(std::string_view name, Reader& in) {
    if (name == "memory_failure") return FailMemory{in.number()};
    if (name == "soft_offline_page") return SoftOfflinePage{in.number()};
    if (name == "unpoison_memory") return UnpoisonMemory{in.number()};
    if (name == "nr_hugepages") return NrHugepages{in.number()};
    if (name == "randomize_va_space") return RandomizeVaSpace{in.up_to(2)};
    if (name != "page_idle") return std::nullopt;
    PageIdle c;
    c.pfn = in.number();
    c.pages = in.number();
    c.mark = !in.take("count");
    if (c.mark) in.take("mark");
    return c;
}

}  // namespace

std::string command_text(const ProcessCommand& command) {
    return fmt::format("{} cpu {}", std::visit(ProcessPrinter{}, command), place_of(command).cpu);
}

std::optional<ProcessCommand> parse_process_command(const Words& words) {
    if (words.empty()) return std::nullopt;
    Reader in(words);
    auto command = read_command(words[0], in);
    if (!command) command = read_file_command(words[0], in);
    if (!command) command = read_frame_command(words[0], in);
    if (!command) return std::nullopt;
    const unsigned cpu = in.cpu();
    std::visit([cpu](auto& c) { c.cpu = cpu; }, *command);
    return in.done() ? command : std::nullopt;
}

std::string answer_text(const ProcessAnswer& process) {
    std::string out;
    const auto add = [&out](const std::string& words) { out += out.empty() ? words : ", " + words; };
    if (process.pid) add(fmt::format("pid {}", *process.pid));
    if (process.address) add(fmt::format("address {:#x}", *process.address));
    if (process.touched)
        add(fmt::format("{} pages, {} minor and {} major faults",
                        process.touched->none + process.touched->minor + process.touched->major, process.touched->minor,
                        process.touched->major));
    if (process.pages) add(fmt::format("{} pages", *process.pages));
    if (process.huge_pages) add(fmt::format("{} huge pages in the pool", *process.huge_pages));
    if (process.recovery) add(fmt::format("recovery action: {}", name_of(*process.recovery)));
    if (process.refused) add("the frame stays as it is; the kernel's log says why");
    if (process.failed) add("no memory (ENOMEM)");
    return out.empty() ? "done" : out;
}

}  // namespace mm

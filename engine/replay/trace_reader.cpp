// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/replay/trace_reader.h"

#include <fmt/format.h>
#include <zstd.h>
#include <algorithm>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>

#include "engine/replay/recording.h"

namespace mm {
namespace {

constexpr std::array<std::string_view, nr_trace_kinds> kind_names{
#define MM_X(id, words) #id,
    MM_TRACE_KINDS(MM_X)
#undef MM_X
};
constexpr std::array<std::string_view, nr_trace_kinds> kind_words{
#define MM_X(id, words) words,
    MM_TRACE_KINDS(MM_X)
#undef MM_X
};

/// Decimal, 0x hexadecimal, perhaps negative.
bool parse_number(std::string_view text, std::int64_t& out) {
    const bool minus = text.starts_with('-');
    if (minus) text.remove_prefix(1);
    const bool hex = text.starts_with("0x");
    if (hex) text.remove_prefix(2);
    std::uint64_t n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n, hex ? 16 : 10);
    if (error != std::errc{} || end != text.data() + text.size()) return false;
    out = minus ? -static_cast<std::int64_t>(n) : static_cast<std::int64_t>(n);
    return true;
}

/// The next blank-separated word, taken off the line.
std::string_view take_word(std::string_view& line) {
    const std::size_t from = std::min(line.find_first_not_of(' '), line.size());
    const std::size_t end = std::min(line.find(' ', from), line.size());
    const std::string_view word = line.substr(from, end - from);
    line.remove_prefix(end);
    return word;
}

class LineParser {
public:
    /// "" or what was expected.
    std::string_view parse(std::string_view line, TraceEvent& e) {
        if (!parse_time(take_word(line), e.nanoseconds)) return "seconds";
        const std::string_view task = take_word(line);
        const std::size_t dash = task.rfind('-');
        std::int64_t pid = 0;
        if (dash == std::string_view::npos || !parse_number(task.substr(dash + 1), pid)) return "task-pid";
        e.pid = static_cast<std::uint32_t>(pid);
        take_word(line);  // ftrace's flags: not to be relied on for probes
        const std::string_view name = take_word(line);
        if (name.empty()) return "an event";
        e.kind = trace_kind_named(name);
        if (e.kind == TraceKind::other) return "";
        while (true) {
            const std::string_view field = take_word(line);
            if (field.empty()) return "";
            const std::size_t equals = field.find('=');
            if (equals == std::string_view::npos) continue;
            if (!set(e, field.substr(0, equals), field.substr(equals + 1))) return "numbers in its fields";
        }
    }

private:
    static bool parse_time(std::string_view text, std::uint64_t& out) {
        const std::size_t dot = text.find('.');
        std::int64_t seconds = 0, fraction = 0;
        if (dot == std::string_view::npos || !parse_number(text.substr(0, dot), seconds)) return false;
        std::string_view digits = text.substr(dot + 1);
        if (digits.size() > 9 || !parse_number(digits, fraction)) return false;
        for (std::size_t i = digits.size(); i < 9; ++i)
            fraction *= 10;
        out = static_cast<std::uint64_t>(seconds) * 1'000'000'000 + static_cast<std::uint64_t>(fraction);
        return true;
    }

    /// False: a field that matters is no number. Fields that do not are skipped.
    bool set(TraceEvent& e, std::string_view key, std::string_view value) {
        if (key == "zone" || key == "pz") {
            const auto zone = parse_zone_key(value);
            if (zone) e.zone = *zone;
            return zone.has_value();
        }
        if (key == "pfn") {
            if (value == "?") return true;
            std::int64_t pfn = 0;
            if (!parse_number(value, pfn)) return false;
            e.pfn = pfn < 0 ? no_pfn : static_cast<Pfn>(pfn);
            return true;
        }
        if (key == "gfp_flags") {
            e.gfp = gfp_in_words(value);
            return true;
        }
        const Field* field = field_named(key);
        if (!field) return true;
        std::int64_t n = 0;
        if (!parse_number(value, n)) return false;
        return field->store(e, n);
    }

    /// The same few words come again and again. Names that are not known are left out.
    Gfp gfp_in_words(std::string_view words) {
        const auto [it, is_new] = m_gfp.try_emplace(std::string(words), 0);
        if (!is_new) return it->second;
        for (std::size_t at = 0; at <= words.size();) {
            const std::size_t end = std::min(words.find('|', at), words.size());
            it->second |= parse_gfp(words.substr(at, end - at)).value_or(0);
            at = end + 1;
        }
        return it->second;
    }
    std::map<std::string, Gfp> m_gfp;

    struct Field {
        std::string_view key;
        bool (*store)(TraceEvent&, std::int64_t);
    };
    static bool store_other(TraceEvent& e, std::int64_t n) {
        e.other = static_cast<std::int32_t>(n);
        return true;
    }
    static bool store_count(TraceEvent& e, std::int64_t n) {
        e.count = static_cast<std::int32_t>(n);
        return true;
    }
    static bool store_type(TraceEvent& e, std::int64_t n) {
        const auto type = migrate_type_of_number(static_cast<unsigned>(n));
        if (type) e.type = *type;
        return type.has_value();
    }
    static const Field* field_named(std::string_view key) {
        static constexpr std::array fields{
            Field{"order",
                  [](TraceEvent& e, std::int64_t n) {
                      return e.order = static_cast<std::uint8_t>(n), n >= 0 && n < max_orders;
                  }},
            Field{"mt", store_type},
            Field{"migratetype", store_type},
            Field{"gfp", [](TraceEvent& e, std::int64_t n) { return e.gfp = static_cast<Gfp>(n), true; }},
            Field{"aflags", [](TraceEvent& e, std::int64_t n) { return e.flags = static_cast<AllocFlags>(n), true; }},
            Field{"count", store_count},
            Field{"n", store_count},
            Field{"free", store_count},
            Field{"nr_reclaimed", store_count},
            Field{"pindex", store_other},
            Field{"hzi", store_other},
            Field{"fpi", store_other},
            Field{"zflags", store_other},
            Field{"ret", store_other},
            Field{"movable", store_other},
            Field{"force", store_other},
            Field{"percpu_refill", store_other},
            Field{"nid", [](TraceEvent& e, std::int64_t n) { return e.zone.nid = static_cast<Nid>(n), true; }},
            Field{"spread", [](TraceEvent& e, std::int64_t n) { return e.spread = n != 0, true; }},
        };
        for (const Field& f : fields)
            if (f.key == key) return &f;
        return nullptr;
    }
};

Outcome<std::string> read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return Error{"cannot be opened", path, 0};
    return std::string(std::istreambuf_iterator<char>(in), {});
}

Outcome<std::string> decompress(const std::string& packed, const std::string& path) {
    const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
    std::string out, piece(ZSTD_DStreamOutSize(), '\0');
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    std::size_t left = 1;
    while (in.pos < in.size) {
        ZSTD_outBuffer to{piece.data(), piece.size(), 0};
        left = ZSTD_decompressStream(context.get(), &to, &in);
        if (ZSTD_isError(left))
            return Error{fmt::format("is not in zstd's format: {}", ZSTD_getErrorName(left)), path, 0};
        out.append(piece, 0, to.pos);
    }
    if (left != 0) return Error{"ends in the middle of a zstd frame", path, 0};
    return out;
}

}  // namespace

std::string_view name_of(TraceKind kind) {
    return kind_names.at(static_cast<std::size_t>(kind));
}

std::string_view words_of(TraceKind kind) {
    return kind_words.at(static_cast<std::size_t>(kind));
}

TraceKind trace_kind_named(std::string_view name) {
    for (std::size_t i = 0; i < nr_trace_kinds; ++i)
        if (kind_names[i] == name) return static_cast<TraceKind>(i);
    return TraceKind::other;
}

Outcome<std::vector<TraceEvent>> parse_trace(std::string_view text, const std::string& file) {
    std::vector<TraceEvent> events;
    events.reserve(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1);
    LineParser parser;
    unsigned n = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        ++n;
        if (line.empty() || line[0] == '#') continue;
        const std::string_view expected = parser.parse(line, events.emplace_back());
        if (!expected.empty())
            return Error{fmt::format("\"{}\" was read; expected {}: seconds task-pid flags event key=value ...",
                                     line.substr(0, 80), expected),
                         file, n};
    }
    return events;
}

Outcome<std::string> read_trace_text(const std::string& folder) {
    if (auto text = read_file(folder + "/trace.txt")) return text;
    const std::string packed = folder + "/trace.txt.zst";
    auto bytes = read_file(packed);
    if (!bytes) return Error{"neither trace.txt nor trace.txt.zst can be opened here", folder, 0};
    return decompress(*bytes, packed);
}

Outcome<std::vector<TraceEvent>> read_trace(const std::string& folder) {
    const auto text = read_trace_text(folder);
    if (!text) return text.error();
    const bool is_plain = std::filesystem::exists(folder + "/trace.txt");
    return parse_trace(*text, folder + (is_plain ? "/trace.txt" : "/trace.txt.zst"));
}

}  // namespace mm

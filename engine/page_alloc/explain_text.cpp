// SPDX-License-Identifier: GPL-3.0-or-later
// The words of explanations.
#include <fmt/format.h>

#include <array>

#include "engine/page_alloc/explain.h"

namespace mm {

std::string alloc_flags_text(AllocFlags flags) {
    struct Name {
        AllocFlags bit;
        std::string_view name;
    };
    constexpr std::array marks{"ALLOC_WMARK_MIN", "ALLOC_WMARK_LOW", "ALLOC_WMARK_HIGH", "ALLOC_WMARK_PROMO"};
    constexpr std::array names{Name{alloc::no_watermarks, "ALLOC_NO_WATERMARKS"},
                               Name{alloc::oom, "ALLOC_OOM"},
                               Name{alloc::non_block, "ALLOC_NON_BLOCK"},
                               Name{alloc::min_reserve, "ALLOC_MIN_RESERVE"},
                               Name{alloc::cpuset, "ALLOC_CPUSET"},
                               Name{alloc::cma, "ALLOC_CMA"},
                               Name{alloc::nofragment, "ALLOC_NOFRAGMENT"},
                               Name{alloc::highatomic, "ALLOC_HIGHATOMIC"},
                               Name{alloc::kswapd, "ALLOC_KSWAPD"}};
    std::string out = flags & alloc::no_watermarks ? "" : marks[flags & alloc::wmark_mask];
    flags &= ~alloc::wmark_mask;
    for (const Name& n : names) {
        if (!(flags & n.bit)) continue;
        out += fmt::format("{}{}", out.empty() ? "" : "|", n.name);
        flags &= ~n.bit;
    }
    if (flags != 0) out += fmt::format("|{:#x}", flags);
    return out;
}

namespace {

std::string frames(Pfn pfn, Order order) {
    return order == 0 ? fmt::format("{}", pfn) : fmt::format("{}..{}", pfn, pfn + (Pfn{1} << order) - 1);
}

/// "812 free - 31 (highatomic reserve) <= 690 (low 172 + boost 518) + 0 (lowmem_reserve)".
std::string arithmetic(const WatermarkLook& m, std::string_view mark_name) {
    std::string out = fmt::format("{} free", m.nr_free);
    if (m.request != 0) out += fmt::format(" - {} (the rest of the block)", m.request);
    if (m.highatomic != 0) out += fmt::format(" - {} (highatomic reserve)", m.highatomic);
    if (m.cma != 0) out += fmt::format(" - {} (CMA)", m.cma);
    const auto need = m.check.min + static_cast<std::int64_t>(m.check.lowmem_reserve);
    std::string mark = fmt::format("{} {}", mark_name, m.mark);
    if (m.boost != 0) mark += fmt::format(" + boost {}", m.boost);
    const auto whole = static_cast<std::int64_t>(m.mark + m.boost);
    if (m.check.min < whole) mark += fmt::format(", lowered by {}", whole - m.check.min);
    out += fmt::format(" {} {} ({})", m.check.free > need ? ">" : "<=", m.check.min, mark);
    return out + fmt::format(" + {} (lowmem_reserve)", m.check.lowmem_reserve);
}

std::string_view mark_name(AllocFlags flags) {
    constexpr std::array<std::string_view, 4> names{"min", "low", "high", "promo"};
    return names[flags & alloc::wmark_mask];
}

struct Words {
    std::string operator()(const why::Request& r) const {
        return fmt::format("order {} {}, {}; zones up to {}, first {}", r.order, name_of(r.type), gfp_text(r.gfp),
                           name_of(r.highest), zone_key(r.preferred));
    }
    std::string operator()(const why::Attempt& a) const {
        return fmt::format("attempt {}: {}", a.number, alloc_flags_text(a.flags));
    }
    std::string operator()(const why::ZoneTried& z) const {
        const std::string zone = "zone " + zone_key(z.zone);
        if (z.verdict == ZoneVisit::Verdict::too_high) return zone + " passed over: higher than the flags allow";
        if (z.verdict == ZoneVisit::Verdict::other_node)
            return zone + " passed over: rather mix migratetypes on the first node than go to another";
        if (z.flags & alloc::no_watermarks) return zone + (z.served ? " taken" : " tried") + ": no watermark holds";
        std::string out = arithmetic(z.mark, mark_name(z.flags));
        if (z.verdict == ZoneVisit::Verdict::refused)
            return zone + " passed over: " + out +
                   (z.mark.check.has_block ? "" : ", and no free block is large enough");
        if (!z.mark.check.ok) out += "; an atomic request for one page may ignore the boost";
        return fmt::format("{} {}: {}{}", zone, z.served ? "taken" : "tried", out,
                           z.served ? "" : "; but there was no block it may have");
    }
    std::string operator()(const why::MayFragment&) const {
        return "ALLOC_NOFRAGMENT is given up: all zones again, migratetypes may mix now";
    }
    std::string operator()(const why::PerCpuTake& t) const {
        return fmt::format("{}: first of {} on the CPU's list {} (order {} {}; {} pages on its lists, at most {})",
                           frames(t.pfn, t.order), t.blocks, t.pindex, t.order, name_of(t.type), t.count, t.high);
    }
    std::string operator()(const why::Refill& r) const {
        return fmt::format("the CPU's list {} (order {} {}) is empty: {} blocks asked for (batch {})", r.pindex,
                           r.order, name_of(r.type), r.asked, r.batch);
    }
    std::string operator()(const why::BlocksTaken& b) const {
        const std::string more = b.blocks > 1 ? fmt::format(" and {} more like it", b.blocks - 1) : "";
        if (b.pfn == no_pfn) return fmt::format("no block of order {} {}", b.order, name_of(b.list));
        if (b.from == b.order)
            return fmt::format("{}{} from the list of order {} {}", frames(b.pfn, b.order), more, b.order,
                               name_of(b.list));
        return fmt::format(
            "{}{} from the list of order {} {}: {} is split, its upper halves become free blocks of "
            "order {}{}",
            frames(b.pfn, b.order), more, b.from, name_of(b.list), frames(b.pfn, b.from), b.from - 1,
            b.from - 1 == b.order ? "" : fmt::format(" down to {}", b.order));
    }
    std::string operator()(const why::Steal& s) const {
        std::string out = fmt::format("{} lists are empty: {} of order {} from {}", name_of(s.to),
                                      frames(s.pfn, s.order), s.order, name_of(s.from));
        if (s.was == MigrateType::highatomic) return out + ", which stays in the highatomic reserve";
        if (s.boost_after != s.boost_before)
            out += fmt::format("; watermark boost {} -> {}", s.boost_before, s.boost_after);
        if (!s.whole && s.claims != 0)
            return out + fmt::format("; {} whole pageblocks become {}", s.claims, name_of(s.to));
        if (!s.whole) return out + "; the rest of the pageblock stays";
        const bool claimed = s.free + s.alike >= s.pageblock / 2;
        out +=
            fmt::format("; its pageblock's {} free pages come along, {} of its pages are alike: {} {} {} (half of it)",
                        s.free, s.alike, s.free + s.alike, claimed ? ">=" : "<", s.pageblock / 2);
        if (s.claims != 0) return out + fmt::format(", {} becomes {}", name_of(s.was), name_of(s.to));
        return out + fmt::format(", it {} {}", claimed ? "is already" : "stays", name_of(s.was));
    }
    std::string operator()(const why::BuddyTake& t) const {
        return fmt::format("{}: straight from the free lists{}", frames(t.pfn, t.order),
                           t.pcp_order ? ", the CPU's lists were busy" : "");
    }
    std::string operator()(const why::KswapdWoken&) const { return "kswapd is woken"; }
    std::string operator()(const why::Compaction& c) const {
        return fmt::format("zone {}, order {}: fragmentation index {} ({}); {}", zone_key(c.zone), c.order,
                           c.fragmentation_index,
                           c.fragmentation_index < 0      ? "such a block exists"
                           : c.fragmentation_index <= 500 ? "it is memory that lacks"
                                                          : "it is fragmentation",
                           arithmetic(c.suitable, "mark and room for migration"));
    }
    std::string operator()(const why::CompactionEnd& c) const {
        constexpr std::array<std::string_view, 9> results{
            "COMPACT_NOT_SUITABLE_ZONE", "COMPACT_SKIPPED",   "COMPACT_DEFERRED",
            "COMPACT_NO_SUITABLE_PAGE",  "COMPACT_CONTINUE",  "COMPACT_COMPLETE",
            "COMPACT_PARTIAL_SKIPPED",   "COMPACT_CONTENDED", "COMPACT_SUCCESS"};
        const auto i = static_cast<std::size_t>(c.result);
        std::string out(i < results.size() ? results[i] : "?");
        if (c.moved != 0) out += fmt::format(", {} pages moved", c.moved);
        if (c.isolated != 0) out += fmt::format(", {} free blocks isolated as targets", c.isolated);
        return c.captured == no_pfn ? out : out + fmt::format(", {} captured", c.captured);
    }
    std::string operator()(const why::Reclaim& r) const { return fmt::format("{} pages reclaimed", r.reclaimed); }
    std::string operator()(const why::UnreserveHighatomic& u) const {
        return u.force ? "the last of the highatomic reserve too"
                       : "all but the last pageblock of the highatomic reserve";
    }
    std::string operator()(const why::OomKill&) const { return "a process is chosen to die"; }
    std::string operator()(const why::Meanwhile& m) const {
        std::string out = "meanwhile";
        const auto add = [&](std::uint64_t n, std::string_view what) {
            if (n != 0) out += fmt::format("{} {} {}", out.size() > 9 ? "," : "", n, what);
        };
        add(m.freed, "blocks freed by the task");
        add(m.drained, "blocks drained from per-CPU lists");
        add(m.interrupts, "allocations in interrupts");
        add(m.others_allocated, "allocations by others");
        add(m.others_freed, "blocks freed by others");
        return out;
    }
    std::string operator()(const why::GaveUp& g) const {
        using Reason = why::GaveUp::Reason;
        switch (g.reason) {
            case Reason::may_not_wait:
                return "given up: the request may not wait for reclaim (no __GFP_DIRECT_RECLAIM)";
            case Reason::no_retry:
                return "given up: one round is all __GFP_NORETRY allows";
            case Reason::no_compaction:
                return "given up: costly, with __GFP_NORETRY, and compaction was not worth a try";
            case Reason::costly:
                return "given up: orders above 3 (PAGE_ALLOC_COSTLY_ORDER) are retried only with __GFP_RETRY_MAYFAIL";
            case Reason::oom_would_not_help:
                return "given up: nothing more can be reclaimed, and no process is killed for such a request";
            case Reason::dying:
                return "given up: the task itself was chosen to die";
        }
        return {};
    }
    std::string operator()(const why::Answer& a) const {
        const auto name = [](Pfn p) { return p == no_pfn ? std::string("failure") : fmt::format("pfn {}", p); };
        if (!a.known) return "answer: " + name(a.pfn);
        if (a.pfn == a.real) return "answer: " + name(a.pfn) + ", as the kernel's";
        return fmt::format("answer: {}, but the kernel's was {}", name(a.pfn), name(a.real));
    }
    std::string operator()(const why::CacheChosen& c) const {
        const std::string slab =
            fmt::format("objects of {} bytes, {} in a slab of order {}", c.object_size, c.objects, c.order);
        if (c.class_size == 0) return fmt::format("cache {}: {}", c.cache, slab);
        return fmt::format("{} bytes: size class {}, {} of them unused; cache {}: {}", c.asked, c.class_size,
                           c.class_size - c.asked, c.cache, slab);
    }
    std::string operator()(const why::ObjectSource& s) const;
    std::string operator()(const why::LargeObject& l) const {
        return fmt::format("{} bytes are more than the largest class: a block of order {}, {} bytes of it unused",
                           l.asked, l.order, (page_size << l.order) - l.asked);
    }
    std::string operator()(const why::ObjectAnswer& a) const {
        const std::string at =
            fmt::format("object {:#x}: byte {} of pfn {}", a.object, a.object % page_size, pfn_down(a.object));
        if (a.cache.empty()) return fmt::format("{}, first of {}", at, frames(a.pfn, a.order));
        return fmt::format("{}; number {} of {} in the slab {} of {} ({}), {} of them in use", at, a.number, a.objects,
                           frames(a.pfn, a.order), a.cache, a.place, a.in_use);
    }
};

struct Identity {
    std::string_view kind, function;
};
/// Of each why::ObjectSource::From: the function that found the object there.
struct Source {
    std::string_view words, function;
};
constexpr std::array<Source, 11> sources{{
    {"the first object of this CPU's freelist", "slab_alloc_node"},
    {"this CPU's slab had objects that others freed", "get_freelist"},
    {"the first slab of this CPU's partial list becomes its slab", "___slab_alloc"},
    {"a slab of the node's partial list becomes this CPU's", "get_partial_node"},
    {"no slab had a free object: a new one is made of pages", "allocate_slab"},
    {"no slab had a free object, and there were no pages for a new one", "slab_out_of_memory"},
    {"the last object of this CPU's array", "____cache_alloc"},
    {"this CPU's array was empty: objects of the node's shared array fill it", "transfer_objects"},
    {"this CPU's array was empty: objects of the node's slabs fill it", "cache_alloc_refill"},
    {"straight from a slab of the node that was asked for or had some", "____cache_alloc_node"},
    {"neither arrays nor slabs had a free object: a new slab is made of pages", "cache_grow_begin"},
}};
constexpr std::array<Identity, std::variant_size_v<WhyFact>> identities{{
    {"request", "prepare_alloc_pages"},
    {"attempt", "get_page_from_freelist"},
    {"zone_tried", "zone_watermark_fast"},
    {"may_fragment", "get_page_from_freelist"},
    {"per_cpu_take", "__rmqueue_pcplist"},
    {"refill", "rmqueue_bulk"},
    {"blocks_taken", "__rmqueue_smallest"},
    {"steal", "__rmqueue_fallback"},
    {"buddy_take", "rmqueue_buddy"},
    {"kswapd_woken", "wakeup_kswapd"},
    {"compaction", "compact_zone_order"},
    {"compaction_end", "compact_zone_order"},
    {"reclaim", "__perform_reclaim"},
    {"unreserve_highatomic", "unreserve_highatomic_pageblock"},
    {"oom_kill", "out_of_memory"},
    {"meanwhile", ""},
    {"answer", "__alloc_pages"},
    {"gave_up", "__alloc_pages_slowpath"},
    {"cache_chosen", "kmalloc_slab"},
    {"object_source", ""},
    {"large_object", "kmalloc_large"},
    {"object_answer", "slab_alloc_node"},
}};

std::string Words::operator()(const why::ObjectSource& s) const {
    return std::string(sources[static_cast<std::size_t>(s.from)].words);
}

}  // namespace

std::string_view kind_of(const WhyFact& fact) {
    return identities[fact.index()].kind;
}

std::string_view kernel_function_of(const WhyFact& fact) {
    if (const auto* source = std::get_if<why::ObjectSource>(&fact))
        return sources[static_cast<std::size_t>(source->from)].function;
    const auto* chosen = std::get_if<why::CacheChosen>(&fact);
    if (chosen && chosen->class_size == 0) return "kmem_cache_alloc";
    return identities[fact.index()].function;
}

std::string text_of(const WhyFact& fact) {
    return std::visit(Words{}, fact);
}

}  // namespace mm

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/page/page_rows.h"

#include <QCoreApplication>
#include <algorithm>
#include <utility>

#include "engine/snapshot/layout_of.h"
#include "engine/snapshot/pfn_report.h"
#include "gui/format/format.h"

namespace mm::gui {
namespace {

/// __SetPageBuddy() clears this bit of a page_type that is otherwise all ones.
constexpr std::uint32_t pageTypeBuddy = ~std::uint32_t{0x80};

QString tr(const char* s) {
    return QCoreApplication::translate("mm::gui::PageRows", s);
}

std::vector<PageRow> placeRows(const FrameFacts& f, const KernelProfile& profile) {
    std::vector<PageRow> rows;
    rows.push_back({"address", hex(phys_of(f.pfn)), tr("Physical address: pfn << PAGE_SHIFT"), {}});
    rows.push_back({"state", stateInWords(f), tr("What the frame is used for"), {}});
    if (!f.zone) return rows;
    const QString name = text(name_of(f.zone->type));
    const FlagsLayout layout = flagsLayout(profile);
    const auto inBits = [&](FlagsField::What what) {
        const QString bits = layout.bitsOf(what);
        return f.hasStruct && !bits.isEmpty() ? QStringLiteral(" (%1)").arg(bits) : QString();
    };
    const QString number = f.hasStruct ? QStringLiteral(" = %1").arg(zoneNumber(profile, f.zone->type)) : QString();
    rows.push_back({"zone",
                    name + number + inBits(FlagsField::What::zone),
                    tr("page_zonenum(), bits ZONES_PGSHIFT of page->flags: include/linux/mm.h"),
                    {}});
    rows.push_back({"node",
                    QString::number(f.zone->nid) + inBits(FlagsField::What::node),
                    tr("page_to_nid(), bits NODES_PGSHIFT of page->flags: include/linux/mm.h"),
                    {}});
    return rows;
}

QString mapcountText(const FrameFacts& f) {
    if (f.record.mapcount == -1) return tr("-1 (not mapped)");
    return f.record.mapcount == 0 ? tr("0 (mapped once)")
                                  : tr("%1 (mapped %2 times)").arg(f.record.mapcount).arg(f.record.mapcount + 1);
}

/// What the union of five words holds.
void addUnion(std::vector<PageRow>& rows, const FrameFacts& f) {
    const char* const source = "include/linux/mm_types.h, struct page";
    const auto why = [&](const QString& s) { return s + QLatin1Char('\n') + QLatin1String(source); };
    if (!f.block) return;
    const FrameBlock& b = *f.block;
    const bool head = b.head == f.pfn;
    if (b.free && head) {
        rows.push_back(
            {"private", tr("%1 (order)").arg(b.order), why(tr("buddy_order(): order of the free block")), {}});
        rows.push_back({"buddy_list",
                        tr("free_list[%1] of order %2").arg(text(name_of(b.type))).arg(b.order),
                        why(tr("Where lru stands for other pages: links of zone->free_area[order].free_list[type]")),
                        {}});
        const PageLink l = f.record.link;
        if (l.prev != no_link)
            rows.push_back({"  prev", tr("pfn ") + hex(l.prev), why(tr("Block before it in the list")), l.prev});
        if (l.next != no_link)
            rows.push_back({"  next", tr("pfn ") + hex(l.next), why(tr("Block after it in the list")), l.next});
    } else if (!head && !b.free) {
        rows.push_back({"head", tr("pfn ") + hex(b.head),
                        why(tr("First page of the allocation; in a compound page compound_head points there")),
                        b.head});
    } else if (!head) {
        rows.push_back({"head", tr("pfn ") + hex(b.head),
                        why(tr("Inside a free block: only its first struct page is in the list")), b.head});
    }
    rows.push_back(
        {"block",
         tr("order %1 \u00b7 %2 \u00b7 %3").arg(b.order).arg(pagesAsSize(b.frames().size()), pfnText(b.frames())),
         tr("The block of 2^order pages the frame belongs to: mm/page_alloc.c"),
         {}});
}

/// page->private of a file's page that was written to.
void addPrivate(std::vector<PageRow>& rows, const Snapshot& s, const FrameFacts& f) {
    if (!(f.record.flags & bit(PageFlag::private_))) return;
    rows.push_back({"private", tr("buffer_head at %1").arg(hex(s.state.processes.buffers[f.pfn])),
                    tr("Where its 4 KiB lie on the disk; counts as a reference: page_buffers(), "
                       "include/linux/buffer_head.h"),
                    pfn_down(s.state.processes.buffers[f.pfn])});
}

QString directMapText(const Snapshot& s, Pfn pfn) {
    for (const PfnRange r : s.state.direct_map.pfn_mapped) {
        if (!r.contains(pfn) || !s.machine || !s.profile) continue;
        if (const auto virt = phys_to_virt(layout_input_of(s), phys_of(pfn))) return hex(*virt);
    }
    return tr("not in the direct map");
}

/// Where the struct page itself is, by the kernel's own memory model.
void addStructPage(std::vector<PageRow>& rows, const Snapshot& s, Pfn pfn) {
    for (const StructPageAt& at : pfn_report(s, pfn).struct_pages) {
        if (!at.used || !at.offset) continue;
        const QString base = text(at.base) + QStringLiteral(" + ") + hex(*at.offset);
        rows.push_back(
            {"struct at",
             at.address ? hex(*at.address) : base,
             tr("pfn_to_page() of %1: %2, include/asm-generic/memory_model.h").arg(text(name_of(at.model)), base),
             {}});
    }
}

const KernelProfile& profileOf(const Snapshot& s) {
    return s.profile ? *s.profile : profile_for(Arch::x86_64, {6, 1, 0});
}

}  // namespace

FlagsLayout flagsLayoutOf(const Snapshot& s) {
    return flagsLayout(profileOf(s));
}

std::optional<std::uint64_t> flagsWord(const Snapshot& s, const FrameFacts& f) {
    if (!f.hasStruct) return {};
    const KernelProfile& profile = profileOf(s);
    const ZoneRef zone = f.zone.value_or(ZoneRef{0, ZoneType::dma});
    return flagsLayout(profile).word(f.record.flags, zone.nid, zoneNumber(profile, zone.type));
}

std::vector<PageRow> pageRows(const Snapshot& now, const FrameFacts& facts, const Snapshot* mark) {
    std::vector<PageRow> rows = pageRows(now, facts);
    if (!mark || mark == &now) return rows;
    std::vector<PageRow> before = pageRows(*mark, frameFacts(*mark, facts.pfn));
    const auto in = [](std::vector<PageRow>& all, const QString& name) {
        return std::find_if(all.begin(), all.end(), [&](const PageRow& row) { return row.name == name; });
    };
    for (PageRow& row : rows) {
        const auto found = in(before, row.name);
        if (found == before.end() || found->value != row.value)
            row.was = found == before.end() ? QString() : found->value;
    }
    for (PageRow& row : before) {
        if (in(rows, row.name) != rows.end()) continue;
        row.was = std::exchange(row.value, QStringLiteral("\u2013"));
        row.leadsTo.reset();
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<PageRow> pageRows(const Snapshot& s, const FrameFacts& f) {
    std::vector<PageRow> rows = placeRows(f, profileOf(s));
    if (f.hasStruct) {
        const QString names = text(flag_names(f.record.flags, " "));
        rows.push_back({"set",
                        names.isEmpty() ? tr("no flag") : names,
                        tr("PG_* flags that are set: include/linux/page-flags.h"),
                        {}});
        rows.push_back({"_refcount",
                        QString::number(f.record.refcount),
                        tr("Users of the page; 0 while it is free: include/linux/page_ref.h"),
                        {}});
        const bool buddy = f.block && f.block->free && f.block->head == f.pfn;
        if (buddy) {
            rows.push_back(
                {"page_type",
                 hex(pageTypeBuddy) + tr(" (PageBuddy)"),
                 tr("The same four bytes as _mapcount; a free block's head is marked here: __SetPageBuddy(), "
                    "include/linux/page-flags.h"),
                 {}});
        } else {
            rows.push_back({"_mapcount",
                            mapcountText(f),
                            tr("Page table entries that map it, less one: include/linux/mm_types.h"),
                            {}});
        }
        addUnion(rows, f);
        addPrivate(rows, s, f);
    }
    if (f.pageblock)
        rows.push_back({"pageblock",
                        tr("%1 (pfn %2)").arg(text(name_of(*f.pageblock)), hex(align_down(f.pfn, pageblock_pages))),
                        tr("get_pageblock_migratetype(): the type of its 2 MiB, mm/page_alloc.c"),
                        {}});
    if (!f.owner.isEmpty())
        rows.push_back({"memblock", f.owner, tr("Who reserved it before the page allocator: mm/memblock.c"), {}});
    if (!f.firmware.isEmpty())
        rows.push_back({"e820", f.firmware, tr("Type in the kernel's e820 table: arch/x86/kernel/e820.c"), {}});
    rows.push_back({"page at", directMapText(s, f.pfn), tr("__va(): virtual address in the direct map"), {}});
    if (f.hasStruct && s.machine && s.profile) addStructPage(rows, s, f.pfn);
    return rows;
}

}  // namespace mm::gui

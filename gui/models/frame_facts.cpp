// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/frame_facts.h"

#include "gui/format/format.h"

namespace mm::gui {
FrameFacts frameFacts(const Snapshot& s, Pfn pfn) {
    FrameFacts f;
    f.pfn = pfn;
    const PhysAddr address = phys_of(pfn);
    const E820Type type = s.state.e820.type_at(address);
    if (type != E820Type::none) f.firmware = text(e820_type_name(type));
    f.memory = s.state.memblock.memory().empty() ? type == E820Type::ram : s.state.memblock.is_memory(address);
    f.memory = f.memory || added_with(s.state.hotplug, pfn) != nullptr;
    for (const MemblockClaim& c : s.state.memblock.claims()) {
        if (c.range.overlaps(phys_of(PfnRange{pfn, pfn + 1}))) f.owner = text(c.owner);
    }
    for (const ZoneFrames& gone : s.state.hotplug.offline)
        f.offline = f.offline || gone.frames.contains(pfn);
    if (const Zone* z = s.state.zones.zone_of(pfn)) f.zone = ZoneRef{z->nid, z->type};
    if (pfn < s.pages.end_pfn()) {
        f.record = s.pages.at(pfn);
        f.state = state_of(f.record.state);
        f.hasStruct = f.state != PageState::none;
        f.block = block_of_frame(s.pages, pfn);
        if (pfn / pageblock_pages < s.state.zones.pageblock_type.size()) f.pageblock = s.state.zones.pageblock(pfn);
    }
    return f;
}

QString stateInWords(const FrameFacts& f) {
    const auto inBlock = [&](const QString& what) {
        if (!f.block) return what;
        const QString type = text(name_of(f.block->type));
        const QString block =
            f.block->order == 0
                ? QStringLiteral("order 0")
                : QStringLiteral("order %1 (%2)").arg(f.block->order).arg(pagesAsSize(f.block->frames().size()));
        return QStringLiteral("%1, %2, %3").arg(what, type, block);
    };
    switch (f.state) {
        case PageState::none:
            if (!f.memory)
                return f.firmware.isEmpty() ? QStringLiteral("no memory")
                                            : QStringLiteral("no memory for the kernel: ") + f.firmware;
            if (f.offline) return QStringLiteral("offline: its memory block is not in use");
            if (!f.owner.isEmpty()) return QStringLiteral("reserved: ") + f.owner;
            return QStringLiteral("memory, struct page not initialised yet");
        case PageState::reserved:
            if (!f.owner.isEmpty()) return QStringLiteral("reserved: ") + f.owner;
            return f.memory ? QStringLiteral("reserved") : QStringLiteral("reserved: a hole with a struct page");
        case PageState::boot:
            return QStringLiteral("initialised, waiting for memblock_free_all");
        case PageState::free:
            return inBlock(QStringLiteral("free"));
        case PageState::allocated:
            if (f.record.flags & bit(PageFlag::hwpoison))
                return f.record.refcount == 0 ? QStringLiteral("poisoned: its user gave it back, nobody gets it again")
                                              : QStringLiteral("poisoned: its memory is broken");
            if (!f.block) return QStringLiteral("in use, %1").arg(text(name_of(alloc_type_of(f.record.state))));
            return inBlock(QStringLiteral("in use"));
        case PageState::pcp:
            return inBlock(QStringLiteral("free, on a CPU's list"));
        case PageState::unknown:
            return QStringLiteral("in use since before the recording");
    }
    return {};
}

QString zoneInWords(const FrameFacts& f) {
    if (!f.zone) return {};
    return QStringLiteral("%1 \u00b7 node %2").arg(text(name_of(f.zone->type))).arg(f.zone->nid);
}

}  // namespace mm::gui

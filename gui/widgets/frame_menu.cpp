// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/frame_menu.h"

#include <QCoreApplication>
#include <QMenu>
#include <algorithm>

#include "engine/pat/pat_state.h"
#include "engine/snapshot/layout_of.h"
#include "gui/format/format.h"
#include "gui/models/frame_facts.h"

namespace mm::gui {
namespace {

using Run = std::function<void(QString)>;

QString tr(const char* words) {
    return QCoreApplication::translate("mm::gui::FrameMenu", words);
}

/// Where the direct map has a frame whose memory type can be changed; nothing for free frames and other architectures.
std::optional<VirtAddr> typedAddress(const Snapshot& snapshot, const PageRecord& page, Pfn pfn) {
    const PageState state = state_of(page.state);
    if (snapshot.profile->arch == Arch::arm64 || phys_of(pfn) < MiB) return std::nullopt;
    if (state == PageState::free || state == PageState::pcp) return std::nullopt;
    return phys_to_virt(layout_input_of(snapshot), phys_of(pfn));
}

/// What can happen to the page that the frame holds.
void addStateCommands(QMenu& menu, const Snapshot& snapshot, Pfn pfn, const Run& run) {
    const PageRecord page = snapshot.pages.at(pfn);
    if (page.state == 0) return;  // no struct page
    const auto addOf = [&](std::uint64_t what, const QString& words, const char* command) {
        const QString line = QStringLiteral("%1 %2").arg(command, hex(what));
        menu.addAction(words.arg(hex(pfn)), &menu, [run, line] { run(line); });
    };
    const auto add = [&](const QString& words, const char* command) { addOf(pfn, words, command); };
    if (page.flags & bit(PageFlag::hwpoison))
        return add(tr("unpoison_memory: pfn %1 may be used again"), "unpoison_memory");
    add(tr("memory_failure: the memory of pfn %1 is broken"), "memory_failure");
    add(tr("soft_offline_page: leave pfn %1 before it breaks"), "soft_offline_page");
    const auto address = typedAddress(snapshot, page, pfn);
    if (!address) return;
    const auto addType = [&](const QString& words, const char* command) { addOf(*address, words, command); };
    if (page.flags & memory_type_flags) return addType(tr("set_memory_wb: cache pfn %1 as before"), "set_memory_wb");
    addType(tr("set_memory_uc: do not cache pfn %1"), "set_memory_uc");
    addType(tr("set_memory_wc: combine writes to pfn %1"), "set_memory_wc");
}

/// Where a module would be plugged in: behind all memory, on a PC not among the devices below 4 GiB.
PhysAddr freeSlot(const Snapshot& snapshot, Bytes block) {
    const auto& sections = snapshot.state.sections;
    PhysAddr end = sections.empty() ? phys_of(snapshot.pages.end_pfn()) : (sections.get().back().number + 1) * block;
    if (snapshot.profile->arch == Arch::x86_64) end = std::max(end, 4 * GiB);
    return align_up(end, block);
}

/// What can be done with the frame's memory block.
void addBlockCommands(QMenu& menu, const Snapshot& snapshot, Pfn pfn, const Run& run) {
    if (snapshot.profile->arch == Arch::i386) return;  // has no memory hotplug
    const Bytes size = Bytes{1} << snapshot.profile->section_size_bits;
    const std::uint64_t block = phys_of(pfn) / size;
    const HotplugState& hotplug = snapshot.state.hotplug;
    QMenu* const blocks = menu.addMenu(tr("Memory block %1 (%2)").arg(block).arg(sizeText(size)));
    const auto add = [&](const QString& words, const QString& line) {
        blocks->addAction(words, blocks, [run, line] { run(line); });
    };
    const auto ofBlock = [&](const char* command) { return QStringLiteral("%1 %2").arg(command).arg(block); };
    if (frameFacts(snapshot, pfn).offline) {
        add(tr("memory_online: take it into use"), ofBlock("memory_online"));
        add(tr("memory_online_movable: for pages that can leave again"), ofBlock("memory_online_movable"));
    } else if (snapshot.state.zones.frames_of(pfn)) {
        add(tr("memory_offline: take it out of use, all pages move"), ofBlock("memory_offline"));
    }
    const AddedMemory* const added = added_with(hotplug, pfn);
    const auto isOf = [&](const ZoneFrames& gone) { return added->range.contains(phys_of(gone.frames)); };
    if (added && std::count_if(hotplug.offline.begin(), hotplug.offline.end(), isOf) == std::ssize(added->sections))
        add(tr("memory_remove: pull the module out"),
            QStringLiteral("memory_remove %1 size %2").arg(hex(added->range.start), hex(added->range.size())));
    const PhysAddr slot = freeSlot(snapshot, size);
    add(tr("memory_add: plug in %1 more at %2").arg(sizeText(size), hex(slot)),
        QStringLiteral("memory_add %1 size %2").arg(hex(slot), hex(size)));
}

}  // namespace

void addFrameCommands(QMenu& menu, const Snapshot* snapshot, std::optional<Pfn> pfn,
                      const std::function<void(QString)>& run) {
    if (!snapshot || !snapshot->booted || !pfn || *pfn >= snapshot->pages.end_pfn()) return;
    addStateCommands(menu, *snapshot, *pfn, run);
    addBlockCommands(menu, *snapshot, *pfn, run);
}

}  // namespace mm::gui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/frame_menu.h"

#include <QCoreApplication>
#include <QMenu>

#include "engine/pat/pat_state.h"
#include "engine/snapshot/layout_of.h"
#include "gui/format/format.h"

namespace mm::gui {
namespace {

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

}  // namespace

void addFrameCommands(QMenu& menu, const Snapshot* snapshot, std::optional<Pfn> pfn,
                      const std::function<void(QString)>& run) {
    if (!snapshot || !snapshot->booted || !pfn || *pfn >= snapshot->pages.end_pfn()) return;
    const PageRecord page = snapshot->pages.at(*pfn);
    if (page.state == 0) return;  // no struct page
    const auto addOf = [&](std::uint64_t what, const QString& words, const char* command) {
        const QString line = QStringLiteral("%1 %2").arg(command, hex(what));
        menu.addAction(words.arg(hex(*pfn)), &menu, [run, line] { run(line); });
    };
    const auto add = [&](const QString& words, const char* command) { addOf(*pfn, words, command); };
    if (page.flags & bit(PageFlag::hwpoison))
        return add(tr("unpoison_memory: pfn %1 may be used again"), "unpoison_memory");
    add(tr("memory_failure: the memory of pfn %1 is broken"), "memory_failure");
    add(tr("soft_offline_page: leave pfn %1 before it breaks"), "soft_offline_page");
    const auto address = typedAddress(*snapshot, page, *pfn);
    if (!address) return;
    const auto addType = [&](const QString& words, const char* command) { addOf(*address, words, command); };
    if (page.flags & memory_type_flags) return addType(tr("set_memory_wb: cache pfn %1 as before"), "set_memory_wb");
    addType(tr("set_memory_uc: do not cache pfn %1"), "set_memory_uc");
    addType(tr("set_memory_wc: combine writes to pfn %1"), "set_memory_wc");
}

}  // namespace mm::gui

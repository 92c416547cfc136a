// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/frame_menu.h"

#include <QCoreApplication>
#include <QMenu>

#include "engine/mmzone/page_flags.h"
#include "gui/format/format.h"

namespace mm::gui {
namespace {

QString tr(const char* words) {
    return QCoreApplication::translate("mm::gui::FrameMenu", words);
}

}  // namespace

void addFrameCommands(QMenu& menu, const Snapshot* snapshot, std::optional<Pfn> pfn,
                      const std::function<void(QString)>& run) {
    if (!snapshot || !snapshot->booted || !pfn || *pfn >= snapshot->pages.end_pfn()) return;
    const PageRecord page = snapshot->pages.at(*pfn);
    if (page.state == 0) return;  // no struct page
    const auto add = [&](const QString& words, const char* command) {
        const QString line = QStringLiteral("%1 %2").arg(command, hex(*pfn));
        menu.addAction(words.arg(hex(*pfn)), &menu, [run, line] { run(line); });
    };
    if (page.flags & bit(PageFlag::hwpoison))
        return add(tr("unpoison_memory: pfn %1 may be used again"), "unpoison_memory");
    add(tr("memory_failure: the memory of pfn %1 is broken"), "memory_failure");
    add(tr("soft_offline_page: leave pfn %1 before it breaks"), "soft_offline_page");
}

}  // namespace mm::gui

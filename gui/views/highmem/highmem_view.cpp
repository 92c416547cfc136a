// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/highmem/highmem_view.h"

#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "engine/highmem/pkmap_text.h"
#include "gui/format/format.h"
#include "gui/widgets/canvas_or_words.h"
#include "gui/widgets/title_line.h"

namespace mm::gui {

HighmemView::HighmemView(const ViewContext& context, QWidget* parent)
    : View(context, parent),
      m_canvas(new SlotsCanvas(m_theme, m_state, nullptr)),
      m_all(new CanvasOrWords(m_theme, m_canvas, emptyWords(), this)),
      m_kmap(titleButton(QStringLiteral("kmap"), tr("Give the selected frame an address for everybody"))),
      m_kunmap(titleButton(QStringLiteral("kunmap"), tr("One user of the selected frame's slot is done with it"))),
      m_kmapLocal(titleButton(QStringLiteral("kmap_local"), tr("Map the selected frame for CPU 0 alone"))),
      m_kunmapLocal(titleButton(QStringLiteral("kunmap_local"),
                                tr("Unmap a CPU's latest mapping: it has to be of the selected frame"))),
      m_flush(titleButton(tr("flush"), tr("kmap_flush_unused(): slots without users are free again"))),
      m_title(titleLine({m_kmap, m_kunmap, m_kmapLocal, m_kunmapLocal, m_flush})) {
    setAccessibleName(tr("High memory"));
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_all);
    setFocusProxy(m_canvas);
    connect(m_kmap, &QToolButton::clicked, this, [this] { run(QStringLiteral("kmap ") + hex(frame())); });
    connect(m_kunmap, &QToolButton::clicked, this, [this] { run(QStringLiteral("kunmap ") + hex(frame())); });
    connect(m_kmapLocal, &QToolButton::clicked, this,
            [this] { run(QStringLiteral("kmap_local %1 cpu 0").arg(hex(frame()))); });
    connect(m_kunmapLocal, &QToolButton::clicked, this, [this] {
        if (const auto slot = latestLocal())
            run(QStringLiteral("kunmap_local %1 cpu %2")
                    .arg(hex(addressOf(m_snapshot->state.highmem.window, *slot)))
                    .arg(*slot->cpu));
    });
    connect(m_flush, &QToolButton::clicked, this, [this] { run(QStringLiteral("kmap_flush_unused")); });
    connect(&m_state, &ViewState::selectionChanged, this, &HighmemView::enable);
    connect(&m_theme, &Theme::changed, this, [this] { styleTitleLine(*m_title, m_theme); });
    styleTitleLine(*m_title, m_theme);
    enable();
}

QString HighmemView::emptyWords() const {
    if (!m_snapshot || !m_snapshot->booted)
        return tr("The windows by which a 32-bit kernel looks at high memory appear here after the boot: press F5");
    Pfn first = no_pfn;
    for (const Node& node : m_snapshot->state.zones.nodes)
        for (const Zone& zone : node.zones)
            if (zone.type == ZoneType::highmem && zone.present != 0) first = std::min(first, zone.start_pfn);
    if (first == no_pfn)
        return tr(
            "This machine has no high memory: the direct map reaches every frame, kmap() answers its address "
            "there. Open a 32-bit machine with more than 896 MiB, such as a pae-* one, to see what it is for.");
    return tr("Frames from %1 on have no address in the kernel. Select one on a map and press kmap.").arg(hex(first));
}

void HighmemView::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    const HighmemState& highmem = snapshot->state.highmem;
    m_canvas->setSnapshot(snapshot);
    m_all->setWords(emptyWords());
    m_all->showCanvas(highmem.up && highmem.window.slots != 0);
    enable();
    const QString context =
        highmem.up && highmem.window.slots != 0
            ? tr("%1 of %2 slots in use · %3 wait")
                  .arg(number(highmem.used()), number(highmem.window.slots), number(highmem.waiting()))
            : QString();
    if (context == m_contextText) return;
    m_contextText = context;
    Q_EMIT contextChanged();
}

Pfn HighmemView::frame() const {
    const PfnRange frames = m_state.selection().frames;
    return frames.empty() ? no_pfn : frames.start;
}

std::optional<SlotRef> HighmemView::latestLocal() const {
    const auto& local = m_snapshot->state.highmem.local;
    for (unsigned cpu = 0; cpu < local.size(); ++cpu)
        if (!local[cpu].empty() && local[cpu].back() == frame())
            return SlotRef{cpu, static_cast<unsigned>(local[cpu].size() - 1)};
    return std::nullopt;
}

void HighmemView::enable() {
    const bool any = m_snapshot && m_snapshot->booted && frame() != no_pfn;
    m_kmap->setEnabled(any);
    m_kmapLocal->setEnabled(any);
    bool used = false;
    if (any) {
        const HighmemState& highmem = m_snapshot->state.highmem;
        const auto slot = highmem.by_page->find(frame());
        used = slot != highmem.by_page->end() && highmem.slots[slot->second].count > 1;
    }
    m_kunmap->setEnabled(used);
    m_kunmapLocal->setEnabled(any && latestLocal());
    m_flush->setEnabled(m_snapshot && m_snapshot->state.highmem.waiting() != 0);
}

void HighmemView::run(const QString& words) {
    Q_EMIT requested(RunCommand{words});
}

Table HighmemView::table() const {
    Table table{{tr("window"), tr("slot"), tr("address"), tr("frame"), tr("pkmap_count")}, {}};
    if (!m_snapshot) return table;
    const HighmemState& highmem = m_snapshot->state.highmem;
    for (const SlotRef& slot : mappedSlots(highmem))
        table.rows.push_back({slot.cpu ? tr("CPU %1").arg(*slot.cpu) : QStringLiteral("pkmap"),
                              QString::number(slot.index), hex(addressOf(highmem.window, slot)),
                              hex(frameIn(highmem, slot)),
                              slot.cpu ? QString() : QString::number(highmem.slots[slot.index].count)});
    return table;
}

QString HighmemView::procText() const {
    return m_snapshot ? text(print_pkmap(m_snapshot->state.highmem)) : QString();
}

}  // namespace mm::gui

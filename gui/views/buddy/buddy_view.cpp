// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/buddy/buddy_view.h"

#include <QVBoxLayout>

#include "engine/snapshot/proc_format.h"
#include "gui/format/format.h"

namespace mm::gui {
namespace {

constexpr std::size_t mostBlocks = 400;  ///< of a list: more than any panel is wide

/// After a step the new blocks tell what happened; after a jump nearly all would be new.
bool isStep(const SnapshotPtr& before, const SnapshotPtr& now) {
    constexpr Position few = 64;
    return before && now && before->machine == now->machine && now->at != before->at &&
           std::max(before->at, now->at) - std::min(before->at, now->at) <= few;
}

}  // namespace

BuddyView::BuddyView(const ViewContext& context, QWidget* parent)
    : View(context, parent),
      m_picker(new ZonePicker(m_state, this)),
      m_canvas(new BuddyCanvas(m_theme, m_state, this)),
      m_body(new CanvasOrWords(m_theme, m_canvas,
                               tr("Free lists appear after memblock_free_all: press F5 to run the boot to its end"),
                               this)) {
    setAccessibleName(tr("Buddy lists"));
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_body);
    setFocusProxy(m_canvas);
    connect(m_picker, &ZonePicker::zoneChanged, this, [this] { showLists({}); });
    connect(&m_state, &ViewState::markChanged, this, [this] { showLists({}); });
    showLists({});
}

void BuddyView::setSnapshot(const SnapshotPtr& snapshot) {
    const SnapshotPtr before = std::exchange(m_snapshot, snapshot);
    m_picker->setSnapshot(snapshot);
    showLists(isStep(before, snapshot) ? before : nullptr);
}

void BuddyView::showLists(const SnapshotPtr& before) {
    const ZoneRef ref = m_picker->zone();
    const Zone* zone = zoneIn(m_snapshot, ref);
    const bool lists = zone && zone->managed != 0 && (zone->free_pages != 0 || m_snapshot->booted);
    // Compared with the marked moment, where there is one.
    const SnapshotPtr& mark = m_state.mark();
    const SnapshotPtr& other = mark ? mark : before;
    m_canvas->setRows(ref, lists ? buddyRows(m_snapshot, ref, mostBlocks, other) : std::vector<BuddyRow>{});
    m_body->showCanvas(lists);
    NrPages blocks = 0;
    for (const BuddyRow& row : m_canvas->rows())
        blocks += row.blocks;
    QString context = lists ? tr("%1 blocks, head first").arg(number(blocks)) : QString();
    if (lists && mark) context += tr(" · marked: not there at A");
    if (context == m_contextText) return;
    m_contextText = context;
    Q_EMIT contextChanged();
}

Table BuddyView::table() const {
    Table table{{tr("zone"), tr("order"), tr("migratetype"), tr("place"), tr("pfn"), tr("address")}, {}};
    const QString zone = zoneName(m_snapshot, m_picker->zone());
    for (const BuddyRow& row : buddyRows(m_snapshot, m_picker->zone(), ~std::size_t{0}, {}))
        for (std::size_t i = 0; i < row.heads.size(); ++i)
            table.rows.push_back({zone, QString::number(row.order), text(name_of(row.type)), QString::number(i),
                                  hex(row.heads[i]), hex(phys_of(row.heads[i]))});
    return table;
}

QString BuddyView::procText() const {
    return m_snapshot ? text(print_pagetypeinfo(*m_snapshot)) : QString();
}

}  // namespace mm::gui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/zones/zones_view.h"

#include <QVBoxLayout>

#include "engine/snapshot/proc_format.h"
#include "gui/format/format.h"

namespace mm::gui {
namespace {

/// Marks on what changed help after a step; after a jump nearly everything has changed.
bool isStep(const SnapshotPtr& before, const SnapshotPtr& now) {
    constexpr Position few = 64;
    if (!before || !now) return false;
    return std::max(before->at, now->at) - std::min(before->at, now->at) <= few;
}

QLabel* wordsLabel(const QString& words, QWidget* parent) {
    auto* label = new QLabel(words, parent);
    label->setWordWrap(true);
    return label;
}

}  // namespace

ZonesView::ZonesView(const ViewContext& context, QWidget* parent)
    : View(context, parent),
      m_picker(new ZonePicker(m_state, this)),
      m_scroll(new QScrollArea(this)),
      m_empty(wordsLabel(tr("Zones appear with zone_sizes_init: press F5 to run the boot to its end"), this)),
      m_noLists(wordsLabel(tr("Free lists appear after memblock_free_all: press F5 to run the boot to its end"), this)),
      m_gauges(new ZoneGauges(
          m_theme, [this](ZoneRef zone) { chooseZone(zone); }, this)),
      m_matrix(new MatrixWidget(
          m_theme, [this](const ListRef& list) { chooseList(list); }, this)),
      m_blocksTitle(new QLabel(this)),
      m_blocks(new QListView(this)),
      m_blockModel(new BlockListModel(this)) {
    setAccessibleName(tr("Zones and free lists"));
    m_blocks->setModel(m_blockModel);
    m_blocks->setUniformItemSizes(true);
    m_blocks->setFrameShape(QFrame::NoFrame);
    m_blocks->setAccessibleName(tr("Blocks of the chosen list"));

    auto* content = new QWidget(m_scroll);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    for (QWidget* part :
         {static_cast<QWidget*>(m_empty), static_cast<QWidget*>(m_gauges), static_cast<QWidget*>(m_noLists),
          static_cast<QWidget*>(m_matrix), static_cast<QWidget*>(m_blocksTitle), static_cast<QWidget*>(m_blocks)})
        column->addWidget(part, part == m_matrix ? 40 : 0);  // rows of lists may use the room of a large panel
    column->addStretch(1);
    m_scroll->setWidget(content);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_scroll);

    connect(m_picker, &ZonePicker::zoneChanged, this, [this] {
        m_gauges->setSnapshot(m_snapshot, currentZone());
        showMatrix(nullptr);
    });
    connect(m_blocks, &QListView::clicked, this, &ZonesView::blockClicked);
    connect(m_blocks, &QListView::activated, this, &ZonesView::blockClicked);
    connect(&m_state, &ViewState::selectionChanged, this, &ZonesView::showBlocks);
    connect(&m_state, &ViewState::markChanged, this, [this] { showMatrix(nullptr); });
    connect(&m_theme, &Theme::changed, this, &ZonesView::restyle);
    restyle();
    setSnapshot(nullptr);
}

QWidget* ZonesView::titleWidget() {
    return m_picker;
}

QSize ZonesView::sizeHint() const {
    return {m_theme.px(280), m_theme.px(420)};
}

void ZonesView::restyle() {
    m_scroll->widget()->layout()->setSpacing(m_theme.px(6));
    const auto ink = [](QWidget* widget, const QFont& font, const QColor& colour) {
        widget->setFont(font);
        QPalette palette = widget->palette();
        palette.setColor(QPalette::WindowText, colour);
        palette.setColor(QPalette::Text, colour);
        widget->setPalette(palette);
    };
    ink(m_empty, m_theme.body(), m_theme.tokens().dim);
    ink(m_noLists, m_theme.body(), m_theme.tokens().dim);
    ink(m_blocksTitle, m_theme.small(), m_theme.tokens().dim);
    ink(m_blocks, m_theme.mono(), m_theme.tokens().text);
    m_blocks->setFixedHeight(m_theme.px(120));
    m_gauges->updateGeometry();
    m_matrix->updateGeometry();
    update();
}

void ZonesView::setSnapshot(const SnapshotPtr& snapshot) {
    const SnapshotPtr before = std::exchange(m_snapshot, snapshot);
    m_picker->setSnapshot(snapshot);
    m_gauges->setSnapshot(snapshot, currentZone());
    showMatrix(isStep(before, snapshot) ? before : nullptr);
    showBlocks();
}

void ZonesView::chooseZone(ZoneRef zone) {
    m_state.setZone(zone);
}

void ZonesView::chooseList(const ListRef& list) {
    m_blockModel->setList(m_snapshot, list);
    m_state.select({m_blockModel->firstBlock(), list, {}});
    showBlocks();
}

void ZonesView::showMatrix(const SnapshotPtr& before) {
    const Zone* zone = zoneIn(m_snapshot, currentZone());
    // Compared with the marked moment, where there is one.
    const Zone* other = zoneIn(m_state.mark() ? m_state.mark() : before, currentZone());
    const FreeMatrix matrix = zone ? freeMatrix(*zone, ordersOf(m_snapshot), other) : FreeMatrix{};
    const bool booted = zone && zone->managed != 0 && m_snapshot->pages.end_pfn() != 0;
    const bool lists = booted && (!matrix.empty() || zone->free_pages != 0 || m_snapshot->booted);
    m_empty->setVisible(!m_picker->any());
    m_noLists->setVisible(m_picker->any() && !lists);
    m_matrix->setVisible(lists);
    m_matrix->setMatrix(lists ? matrix : FreeMatrix{}, m_state.mark() != nullptr);
}

void ZonesView::showBlocks() {
    const std::optional<ListRef> list = m_state.selection().list;
    m_matrix->setChosen(list);
    m_blockModel->setList(m_snapshot, list);
    const bool shown = list && !m_matrix->isHidden();
    m_blocksTitle->setText(m_blockModel->title());
    m_blocksTitle->setVisible(shown);
    m_blocks->setVisible(shown && m_blockModel->rowCount() != 0);
}

Table ZonesView::table() const {
    Table table{{tr("node"), tr("zone"), tr("order"), tr("migratetype"), tr("blocks"), tr("pages")}, {}};
    for (const ZoneRef ref : populatedZones(m_snapshot)) {
        const Zone* zone = zoneIn(m_snapshot, ref);
        const FreeMatrix matrix = freeMatrix(*zone, ordersOf(m_snapshot), nullptr);
        for (unsigned order = 0; order < matrix.orders; ++order)
            for (std::size_t c = 0; c < matrix.columns.size(); ++c) {
                const FreeCell& cell = matrix.at(order, c);
                table.rows.push_back({QString::number(ref.nid), text(name_of(ref.type)), QString::number(order),
                                      text(name_of(matrix.columns[c])), number(cell.blocks), number(cell.pages)});
            }
    }
    return table;
}

QString ZonesView::procText() const {
    return m_snapshot ? text(print_buddyinfo(*m_snapshot)) : QString();
}

void ZonesView::blockClicked(const QModelIndex& index) {
    const PfnRange frames = m_blockModel->framesAt(index.row());
    if (!frames.empty()) m_state.select({frames, m_state.selection().list, {}});
}

}  // namespace mm::gui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/zones/zones_view.h"

#include <QVBoxLayout>

#include "gui/format/format.h"

namespace mm::gui {
namespace {

std::vector<ZoneRef> populatedZones(const SnapshotPtr& snapshot) {
    std::vector<ZoneRef> result;
    if (!snapshot) return result;
    for (const Node& node : snapshot->state.zones.nodes)
        for (const Zone& zone : node.zones)
            if (zone.populated()) result.push_back({zone.nid, zone.type});
    return result;
}

const Zone* zoneIn(const SnapshotPtr& snapshot, ZoneRef ref) {
    return snapshot ? snapshot->state.zones.zone(ref.nid, ref.type) : nullptr;
}

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
      m_combo(new QComboBox(this)),
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
    m_combo->setAccessibleName(tr("Zone"));
    m_combo->hide();
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
        column->addWidget(part);
    column->addStretch(1);
    m_scroll->setWidget(content);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_scroll);

    connect(m_combo, &QComboBox::activated, this,
            [this](int index) { chooseZone(m_zones.at(static_cast<std::size_t>(index))); });
    connect(m_blocks, &QListView::clicked, this, &ZonesView::blockClicked);
    connect(m_blocks, &QListView::activated, this, &ZonesView::blockClicked);
    connect(&m_state, &ViewState::selectionChanged, this, [this](const Selection& selection) {
        if (selection.list) chooseZone({selection.list->nid, selection.list->zone});
        showBlocks();
    });
    connect(&m_theme, &Theme::changed, this, &ZonesView::restyle);
    restyle();
    setSnapshot(nullptr);
}

QWidget* ZonesView::titleWidget() {
    return m_combo;
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
    if (populatedZones(snapshot) != m_zones) {
        m_zones = populatedZones(snapshot);
        fillCombo();
    }
    const bool gone = !m_zones.empty() && std::find(m_zones.begin(), m_zones.end(), m_zone) == m_zones.end();
    if (!m_zoneChosen || gone) chooseDefaultZone();
    m_gauges->setSnapshot(snapshot, m_zone);
    showMatrix(isStep(before, snapshot) ? before : nullptr);
    showBlocks();
}

void ZonesView::fillCombo() {
    m_combo->clear();
    const bool severalNodes = m_snapshot && m_snapshot->state.zones.nodes.size() > 1;
    for (const ZoneRef& zone : m_zones)
        m_combo->addItem(severalNodes ? tr("node %1, %2").arg(zone.nid).arg(text(name_of(zone.type)))
                                      : tr("zone %1").arg(text(name_of(zone.type))));
    m_combo->setVisible(!m_zones.empty());
}

/// The largest zone: where most happens.
void ZonesView::chooseDefaultZone() {
    NrPages most = 0;
    for (const ZoneRef& ref : m_zones) {
        const Zone* zone = zoneIn(m_snapshot, ref);
        if (!zone || zone->present <= most) continue;
        most = zone->present;
        m_zone = ref;
    }
    const auto at = std::find(m_zones.begin(), m_zones.end(), m_zone);
    if (at != m_zones.end()) m_combo->setCurrentIndex(static_cast<int>(at - m_zones.begin()));
}

void ZonesView::chooseZone(ZoneRef zone) {
    const auto at = std::find(m_zones.begin(), m_zones.end(), zone);
    if (at == m_zones.end()) return;
    m_zoneChosen = true;
    m_zone = zone;
    m_combo->setCurrentIndex(static_cast<int>(at - m_zones.begin()));
    m_gauges->setSnapshot(m_snapshot, m_zone);
    showMatrix(nullptr);
}

void ZonesView::chooseList(const ListRef& list) {
    m_zoneChosen = true;
    m_blockModel->setList(m_snapshot, list);
    m_state.select({m_blockModel->firstBlock(), list, {}});
    showBlocks();
}

void ZonesView::showMatrix(const SnapshotPtr& before) {
    const Zone* zone = zoneIn(m_snapshot, m_zone);
    const unsigned orders = m_snapshot && m_snapshot->profile ? m_snapshot->profile->max_order : 11;
    const FreeMatrix matrix = zone ? freeMatrix(*zone, orders, zoneIn(before, m_zone)) : FreeMatrix{};
    const bool booted = zone && zone->managed != 0 && m_snapshot->pages.end_pfn() != 0;
    const bool lists = booted && (!matrix.empty() || zone->free_pages != 0 || m_snapshot->booted);
    m_empty->setVisible(m_zones.empty());
    m_noLists->setVisible(!m_zones.empty() && !lists);
    m_matrix->setVisible(lists);
    m_matrix->setMatrix(lists ? matrix : FreeMatrix{});
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

void ZonesView::blockClicked(const QModelIndex& index) {
    const PfnRange frames = m_blockModel->framesAt(index.row());
    if (!frames.empty()) m_state.select({frames, m_state.selection().list, {}});
}

}  // namespace mm::gui

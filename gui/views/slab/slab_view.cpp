// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/slab/slab_view.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QSplitter>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include "engine/snapshot/proc_format.h"
#include "gui/format/format.h"
#include "gui/views/slab/cache_model.h"
#include "gui/widgets/dim_rows.h"
#include "gui/widgets/moment_list.h"

namespace mm::gui {
SlabView::SlabView(const ViewContext& context, QWidget* parent)
    : View(context, parent),
      m_model(new CacheModel(this)),
      m_parts(new QSplitter(Qt::Vertical, this)),
      m_caches(new QTableView),
      m_canvas(new SlabCanvas(m_theme, m_state, nullptr)),
      m_scroll(new QScrollArea),
      m_empty(
          new QLabel(tr("The slab allocator comes up with the first object: run the boot to its end (F5), then type "
                        "a size above and press kmalloc"),
                     this)),
      m_shown(new QLabel),
      m_title(new QWidget),
      m_bytes(new QLineEdit("100")),
      m_allocate(new QToolButton),
      m_free(new QToolButton) {
    setAccessibleName(tr("Slab caches"));
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignTop);
    m_caches->setModel(m_model);
    makeList(*m_caches);
    m_caches->setItemDelegate(new DimRows(m_theme, CacheModel::hasSlabs, false, this));
    m_caches->horizontalHeader()->setStretchLastSection(false);
    m_caches->horizontalHeader()->setSectionResizeMode(CacheModel::cache, QHeaderView::Stretch);
    m_caches->setAccessibleName(tr("Caches"));
    m_scroll->setWidget(m_canvas);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_parts->addWidget(m_caches);
    auto* slabs = new QWidget;
    auto* below = new QVBoxLayout(slabs);
    below->setContentsMargins(0, 0, 0, 0);
    below->setSpacing(0);
    below->addWidget(m_shown);
    below->addWidget(m_scroll, 1);
    m_parts->addWidget(slabs);
    m_parts->setChildrenCollapsible(false);
    m_bytes->setToolTip(tr("Bytes of the object"));
    m_bytes->setAccessibleName(tr("Bytes of the object"));
    m_allocate->setText(tr("kmalloc"));
    m_allocate->setToolTip(tr("Allocate an object of so many bytes with GFP_KERNEL"));
    m_free->setText(tr("kfree"));
    m_free->setToolTip(tr("Free the marked object: click one that is in use"));
    auto* title = new QHBoxLayout(m_title);
    title->setContentsMargins(0, 0, 0, 0);
    for (QWidget* widget :
         {static_cast<QWidget*>(m_bytes), static_cast<QWidget*>(m_allocate), static_cast<QWidget*>(m_free)})
        title->addWidget(widget);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_empty);
    all->addWidget(m_parts, 1);
    connect(m_allocate, &QToolButton::clicked, this, &SlabView::allocate);
    connect(m_bytes, &QLineEdit::returnPressed, this, &SlabView::allocate);
    connect(m_free, &QToolButton::clicked, this, &SlabView::free);
    connect(m_canvas, &SlabCanvas::objectChanged, this, [this] { m_free->setEnabled(m_canvas->object().has_value()); });
    connect(m_caches->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &SlabView::cacheChanged);
    connect(&m_state, &ViewState::selectionChanged, this, [this](const Selection& selection) {
        if (!selection.frames.empty()) showSlabOf(selection.frames.start);
    });
    connect(&m_theme, &Theme::changed, this, &SlabView::restyle);
    m_free->setEnabled(false);
    setFocusProxy(m_caches);
    restyle();
    m_parts->hide();
}

void SlabView::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    const CacheId before = m_canvas->cache();
    m_model->setSnapshot(snapshot);
    m_canvas->setSnapshot(snapshot);
    m_shown->setText(m_model->summary(m_canvas->cache()));
    const SlabState& slabs = snapshot->state.slab;
    m_empty->setVisible(!slabs.up);
    m_parts->setVisible(slabs.up);
    m_allocate->setEnabled(snapshot->booted);
    if (slabs.up && m_caches->currentIndex().row() < 0)
        showCache(m_model->rowOf(before) >= 0 ? before : slabs.find("kmalloc-128"));
    if (m_answered) {
        if (const ObjectPlace place = slab_of_frame(*snapshot, pfn_down(*m_answered)); place.cache != no_cache) {
            m_canvas->setObject(m_answered);
            m_state.select({.frames = {pfn_down(*m_answered), pfn_down(*m_answered) + 1},
                            .list = {},
                            .event = {},
                            .object = m_answered});
            m_answered.reset();
        }
    }
    const QString context =
        slabs.up ? tr("%1 caches · %2").arg(slabs.list.size()).arg(pagesAsSize(slabs.slab_pages())) : QString();
    if (context == m_contextText) return;
    m_contextText = context;
    Q_EMIT contextChanged();
}

void SlabView::setStatus(const WorkerStatus& status) {
    if (status.serial == m_seenSerial) return;
    m_seenSerial = status.serial;
    if (status.notice.startsWith("kfree")) m_canvas->setObject(std::nullopt);
    if (!status.object) return;
    m_answered = status.object;
    if (m_snapshot) setSnapshot(m_snapshot);
}

void SlabView::allocate() {
    Q_EMIT requested(RunCommand{QStringLiteral("kmalloc %1 GFP_KERNEL").arg(m_bytes->text().trimmed())});
}

void SlabView::free() {
    if (const auto object = m_canvas->object()) Q_EMIT requested(RunCommand{QStringLiteral("kfree ") + hex(*object)});
}

void SlabView::cacheChanged() {
    m_canvas->setCache(m_model->cacheAt(m_caches->currentIndex().row()));
    m_shown->setText(m_model->summary(m_canvas->cache()));
}

void SlabView::showCache(CacheId id) {
    const int row = m_model->rowOf(id);
    if (row < 0) return;
    m_caches->selectRow(row);
    m_caches->scrollTo(m_model->index(row, 0));
}

void SlabView::showSlabOf(Pfn pfn) {
    if (!m_snapshot) return;
    const ObjectPlace place = slab_of_frame(*m_snapshot, pfn);
    if (place.cache == no_cache) return;
    showCache(place.cache);
    const QRectF row = m_canvas->rowOf(place.slab);
    m_scroll->ensureVisible(0, static_cast<int>(row.center().y()), 0, static_cast<int>(row.height()));
}

void SlabView::resizeEvent(QResizeEvent* event) {
    View::resizeEvent(event);
    arrange();
}

/// Where it is wide the slabs stand beside the table, else below it; what the user made of that stays until it turns.
void SlabView::arrange() {
    m_shown->setFixedHeight(m_caches->horizontalHeader()->height());
    const bool wide = width() > m_theme.px(900) && 4 * width() > 5 * height();
    const Qt::Orientation wanted = wide ? Qt::Horizontal : Qt::Vertical;
    if (m_arranged && m_parts->orientation() == wanted) return;
    m_arranged = true;
    m_parts->setOrientation(wanted);
    m_parts->widget(1)->layout()->setContentsMargins(wide ? m_theme.px(8) : 0, 0, 0, 0);
    m_parts->setSizes({1000, 1000});  // shares of what there is
    for (const int part : {0, 1})
        m_parts->setStretchFactor(part, 1);
}

Table SlabView::table() const {
    return tableOf(*m_model);
}

QString SlabView::procText() const {
    return m_snapshot ? text(print_slabinfo(*m_snapshot)) : QString();
}

void SlabView::restyle() {
    m_empty->setFont(m_theme.body());
    QPalette palette = m_empty->palette();
    palette.setColor(QPalette::WindowText, m_theme.tokens().dim);
    m_empty->setPalette(palette);
    m_shown->setFont(m_theme.small());
    m_shown->setPalette(palette);
    m_caches->setFont(m_theme.mono());
    m_caches->horizontalHeader()->setFont(m_theme.small());
    const QFontMetrics metrics(m_theme.mono());
    m_caches->verticalHeader()->setMinimumSectionSize(1);
    m_caches->verticalHeader()->setDefaultSectionSize(metrics.height() + m_theme.px(5));
    for (int column = CacheModel::used; column < CacheModel::columns; ++column)
        m_caches->setColumnWidth(column, metrics.horizontalAdvance("1 000 000") + m_theme.px(12));
    for (QWidget* widget :
         {static_cast<QWidget*>(m_bytes), static_cast<QWidget*>(m_allocate), static_cast<QWidget*>(m_free)})
        widget->setFont(m_theme.small());
    m_bytes->setFixedWidth(metrics.horizontalAdvance("1000000") + m_theme.px(16));
    QPalette ground = m_scroll->palette();
    ground.setColor(QPalette::Window, m_theme.tokens().panel);
    m_scroll->setPalette(ground);
}

}  // namespace mm::gui

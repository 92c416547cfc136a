// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/slab/slab_view.h"

#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include "engine/snapshot/proc_format.h"
#include "gui/format/format.h"
#include "gui/views/slab/cache_model.h"
#include "gui/widgets/dim_rows.h"
#include "gui/widgets/empty_words.h"
#include "gui/widgets/moment_list.h"
#include "gui/widgets/table_and_canvas.h"
#include "gui/widgets/title_line.h"

namespace mm::gui {

SlabView::SlabView(const ViewContext& context, QWidget* parent)
    : View(context, parent),
      m_model(new CacheModel(this)),
      m_caches(new QTableView),
      m_canvas(new SlabCanvas(m_theme, m_state, nullptr)),
      m_parts(new TableAndCanvas(m_theme, m_caches, m_canvas, this)),
      m_empty(new EmptyWords(m_theme,
                             tr("The slab allocator comes up with the first object: run the boot to its end (F5), then "
                                "type a size above and press kmalloc"),
                             this)),
      m_bytes(titleField("100", "1000000", tr("Bytes of the object"))),
      m_allocate(titleButton(tr("kmalloc"), tr("Allocate an object of so many bytes with GFP_KERNEL"))),
      m_free(titleButton(tr("kfree"), tr("Free the marked object: click one that is in use"))),
      m_title(titleLine({m_bytes, m_allocate, m_free})) {
    setAccessibleName(tr("Slab caches"));
    m_caches->setModel(m_model);
    connect(&m_state, &ViewState::markChanged, m_model, [this] { m_model->setMark(m_state.mark()); });
    m_model->setMark(m_state.mark());
    makeList(*m_caches);
    m_caches->setItemDelegate(new DimRows(m_theme, CacheModel::hasSlabs, false, this));
    m_caches->horizontalHeader()->setStretchLastSection(false);
    m_caches->horizontalHeader()->setSectionResizeMode(CacheModel::cache, QHeaderView::Stretch);
    m_caches->setAccessibleName(tr("Caches"));
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
    m_parts->words().setText(m_model->summary(m_canvas->cache()));
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
    if (!status.answer.object) return;
    m_answered = status.answer.object;
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
    m_parts->words().setText(m_model->summary(m_canvas->cache()));
}

void SlabView::showCache(CacheId id) {
    m_parts->chooseRow(m_model->rowOf(id));
}

void SlabView::showSlabOf(Pfn pfn) {
    if (!m_snapshot) return;
    const ObjectPlace place = slab_of_frame(*m_snapshot, pfn);
    if (place.cache == no_cache) return;
    showCache(place.cache);
    m_parts->reveal(m_canvas->rowOf(place.slab));
}

void SlabView::resizeEvent(QResizeEvent* event) {
    View::resizeEvent(event);
    m_parts->arrange(*this);
}

Table SlabView::table() const {
    return tableOf(*m_model);
}

QString SlabView::procText() const {
    return m_snapshot ? text(print_slabinfo(*m_snapshot)) : QString();
}

void SlabView::restyle() {
    m_parts->restyle();
    const QFontMetrics metrics(m_theme.mono());
    const char* widest[]{"1 000 000", "1 000 000", "4 194 304", "Per slab", "10 000", "10 000"};
    for (int column = CacheModel::used; column < CacheModel::columns; ++column)
        m_caches->setColumnWidth(column, metrics.horizontalAdvance(widest[column - CacheModel::used]) + m_theme.px(10));
    styleTitleLine(*m_title, m_theme);
}

}  // namespace mm::gui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/percpu/percpu_view.h"

#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include "engine/snapshot/percpu_frames.h"
#include "engine/snapshot/proc_format.h"
#include "gui/format/format.h"
#include "gui/views/percpu/chunk_model.h"
#include "gui/widgets/dim_rows.h"
#include "gui/widgets/empty_words.h"
#include "gui/widgets/moment_list.h"
#include "gui/widgets/table_and_canvas.h"
#include "gui/widgets/title_line.h"

namespace mm::gui {

PercpuView::PercpuView(const ViewContext& context, QWidget* parent)
    : View(context, parent),
      m_model(new ChunkModel(this)),
      m_chunks(new QTableView),
      m_canvas(new UnitsCanvas(m_theme, m_state, nullptr)),
      m_parts(new TableAndCanvas(m_theme, m_chunks, m_canvas, this)),
      m_empty(new EmptyWords(m_theme,
                             tr("Per-CPU memory comes up with the first allocation: run the boot to its end (F5), then "
                                "type a size above and press alloc_percpu"),
                             this)),
      m_bytes(titleField("256", "1000000", tr("Bytes for each CPU"))),
      m_allocate(titleButton(QStringLiteral("alloc_percpu"), tr("So many bytes for every CPU, at one offset"))),
      m_free(titleButton(QStringLiteral("free_percpu"), tr("Free the marked allocation: click one"))),
      m_title(titleLine({m_bytes, m_allocate, m_free})) {
    setAccessibleName(tr("Per-CPU areas"));
    m_chunks->setModel(m_model);
    connect(&m_state, &ViewState::markChanged, m_model, [this] { m_model->setMark(m_state.mark()); });
    m_model->setMark(m_state.mark());
    makeList(*m_chunks);
    m_chunks->setItemDelegate(new DimRows(m_theme, this));
    m_chunks->setAccessibleName(tr("Chunks"));
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_empty);
    all->addWidget(m_parts, 1);
    connect(m_allocate, &QToolButton::clicked, this, &PercpuView::allocate);
    connect(m_bytes, &QLineEdit::returnPressed, this, &PercpuView::allocate);
    connect(m_free, &QToolButton::clicked, this, &PercpuView::free);
    connect(m_canvas, &UnitsCanvas::allocationChanged, this,
            [this] { m_free->setEnabled(m_canvas->allocation().has_value()); });
    connect(m_chunks->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &PercpuView::chunkChanged);
    connect(&m_state, &ViewState::selectionChanged, this, &PercpuView::followSelection);
    connect(&m_theme, &Theme::changed, this, &PercpuView::restyle);
    m_free->setEnabled(false);
    setFocusProxy(m_chunks);
    restyle();
    m_parts->hide();
}

void PercpuView::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    const PercpuState& percpu = snapshot->state.percpu;
    const ChunkId before = m_canvas->chunk();
    m_model->setSnapshot(snapshot);
    m_canvas->setSnapshot(snapshot);
    m_empty->setVisible(!percpu.up);
    m_parts->setVisible(percpu.up);
    m_allocate->setEnabled(snapshot->booted);
    if (percpu.up && m_chunks->currentIndex().row() < 0) showChunk(m_model->rowOf(before) >= 0 ? before : percpu.first);
    m_parts->words().setText(m_model->summary(m_canvas->chunk()));
    if (m_answered && percpu.up) showPointer(*std::exchange(m_answered, {}));
    const QString context =
        percpu.up
            ? tr("%1 for each of %2 · %3")
                  .arg(sizeText(percpu.geometry.unit_size))
                  .arg(percpu.geometry.cpus() == 1 ? tr("1 CPU") : tr("%1 CPUs").arg(percpu.geometry.cpus()))
                  .arg(percpu.stats.nr_cur_alloc == 1 ? tr("1 allocation")
                                                      : tr("%1 allocations").arg(number(percpu.stats.nr_cur_alloc)))
            : QString();
    if (context == m_contextText) return;
    m_contextText = context;
    Q_EMIT contextChanged();
}

void PercpuView::setStatus(const WorkerStatus& status) {
    if (status.serial == m_seenSerial) return;
    m_seenSerial = status.serial;
    if (!status.answer.percpu) return;
    m_answered = status.answer.percpu;
    if (m_snapshot) setSnapshot(m_snapshot);
}

void PercpuView::allocate() {
    Q_EMIT requested(RunCommand{QStringLiteral("alloc_percpu %1 GFP_KERNEL").arg(m_bytes->text().trimmed())});
}

void PercpuView::free() {
    if (const auto bit = m_canvas->allocation())
        Q_EMIT requested(RunCommand{QStringLiteral("free_percpu ") + hex(m_canvas->pointerOf(*bit))});
}

void PercpuView::chunkChanged() {
    m_canvas->setChunk(m_model->chunkAt(m_chunks->currentIndex().row()));
    m_parts->words().setText(m_model->summary(m_canvas->chunk()));
}

void PercpuView::showChunk(ChunkId id) {
    m_parts->chooseRow(m_model->rowOf(id));
}

void PercpuView::showPointer(std::uint64_t pointer) {
    const PercpuState& percpu = m_snapshot->state.percpu;
    const VirtAddr at = percpu.geometry.base + pointer;
    for (ChunkId id = 0; id < percpu.chunks.size(); ++id) {
        const PercpuChunk& chunk = percpu.chunk(id);
        if (chunk.base == 0 || !chunk.contains(at)) continue;
        const int bit = static_cast<int>((at - chunk.base) / ChunkMap::unit);
        if (!chunk.map.begins(bit)) return;
        showChunk(id);
        return m_canvas->setAllocation(bit);
    }
}

void PercpuView::followSelection() {
    const PfnRange frames = m_state.selection().frames;
    if (!m_snapshot || !m_snapshot->state.percpu.up || frames.empty()) return;
    const auto part = percpu_part_of(m_snapshot->state, frames.start);
    if (!part) return;
    showChunk(part->chunk);
    m_parts->reveal(m_canvas->unitOf(part->cpu));
}

void PercpuView::resizeEvent(QResizeEvent* event) {
    View::resizeEvent(event);
    m_parts->arrange(*this);
}

Table PercpuView::table() const {
    return tableOf(*m_model);
}

QString PercpuView::procText() const {
    return m_snapshot ? text(print_percpu(*m_snapshot)) : QString();
}

void PercpuView::restyle() {
    m_parts->restyle();
    const QFontMetrics metrics(m_theme.mono());
    const char* widest[]{"0xffffc90000000000", "Allocations", "100 000", "1 000 000", "1 000 000", "99 / 999"};
    for (int column = 0; column < ChunkModel::list; ++column)
        m_chunks->setColumnWidth(column, metrics.horizontalAdvance(widest[column]) + m_theme.px(10));
    styleTitleLine(*m_title, m_theme);
}

}  // namespace mm::gui

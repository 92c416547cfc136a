// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/vmalloc/vmalloc_view.h"

#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QScrollArea>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "engine/snapshot/proc_format.h"
#include "engine/vmalloc/area_of_frame.h"
#include "gui/format/format.h"
#include "gui/views/vmalloc/area_model.h"
#include "gui/widgets/dim_rows.h"
#include "gui/widgets/empty_words.h"
#include "gui/widgets/moment_list.h"
#include "gui/widgets/table_and_canvas.h"
#include "gui/widgets/title_line.h"

namespace mm::gui {
VmallocView::VmallocView(const ViewContext& context, QWidget* parent)
    : View(context, parent),
      m_model(new AreaModel(this)),
      m_canvas(new WindowCanvas(m_theme, nullptr)),
      m_scroll(new QScrollArea),
      m_areas(new QTableView),
      m_empty(new EmptyWords(m_theme,
                             tr("The kernel's vmalloc window opens with the first area: run the boot to its end (F5), "
                                "then type a size above and press vmalloc"),
                             this)),
      m_parts(new QWidget(this)),
      m_bytes(titleField("20000", "10000000", tr("Bytes of the area"))),
      m_phys(titleField("0xfed00000", "0xfed000000", tr("Physical address of the device's memory"))),
      m_vmalloc(titleButton("vmalloc", tr("An area of so many bytes: pages from anywhere, side by side here"))),
      m_ioremap(titleButton("ioremap", tr("Map so many bytes of a device at this physical address"))),
      m_free(titleButton("vfree", tr("Give the marked area back: click one"))),
      m_title(titleLine({m_bytes, m_vmalloc, m_phys, m_ioremap, m_free})) {
    setAccessibleName(tr("vmalloc"));
    m_areas->setModel(m_model);
    connect(&m_state, &ViewState::markChanged, m_model, [this] { m_model->setMark(m_state.mark()); });
    m_model->setMark(m_state.mark());
    makeList(*m_areas);
    m_areas->setItemDelegate(new DimRows(m_theme, AreaModel::waits, true, this));
    m_areas->setAccessibleName(tr("Areas"));
    makeScroll(*m_scroll, m_canvas);
    auto* lines = new QVBoxLayout(m_parts);
    lines->setContentsMargins(0, 0, 0, 0);
    lines->addWidget(m_scroll);
    lines->addWidget(m_areas, 1);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_empty);
    all->addWidget(m_parts, 1);
    connectTitle();
    connect(m_canvas, &WindowCanvas::areaChosen, this, &VmallocView::choose);
    connect(m_areas->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &VmallocView::rowChanged);
    connect(&m_state, &ViewState::selectionChanged, this, &VmallocView::followSelection);
    connect(&m_theme, &Theme::changed, this, &VmallocView::restyle);
    setFocusProxy(m_areas);
    mark(std::nullopt);
    restyle();
    m_parts->hide();
}

void VmallocView::connectTitle() {
    const auto allocate = [this] { run(QStringLiteral("vmalloc %1").arg(m_bytes->text().trimmed())); };
    const auto remap = [this] {
        run(QStringLiteral("ioremap %1 %2").arg(m_phys->text().trimmed(), m_bytes->text().trimmed()));
    };
    connect(m_vmalloc, &QToolButton::clicked, this, allocate);
    connect(m_bytes, &QLineEdit::returnPressed, this, allocate);
    connect(m_ioremap, &QToolButton::clicked, this, remap);
    connect(m_phys, &QLineEdit::returnPressed, this, remap);
    connect(m_free, &QToolButton::clicked, this, &VmallocView::free);
}

void VmallocView::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    const VmallocState& window = snapshot->state.vmalloc;
    m_marking = true;  // a table that is reset has no current row; that is nobody's choice
    m_model->setSnapshot(snapshot);
    m_marking = false;
    m_canvas->setSnapshot(snapshot);
    m_scroll->setFixedHeight(std::min(m_canvas->sizeHint().height(), std::max(m_theme.px(80), height() / 2)));
    m_empty->setVisible(!window.up);
    m_parts->setVisible(window.up);
    m_vmalloc->setEnabled(snapshot->booted);
    m_ioremap->setEnabled(snapshot->booted);
    if (m_answered && window.up && window.busy->contains(*m_answered)) choose(*std::exchange(m_answered, {}));
    const bool still = m_chosen && window.up && window.busy->contains(*m_chosen);
    mark(still ? m_chosen : std::nullopt);
    if (!still) followSelection();
    QString context;
    if (window.up)
        context = tr("%1 areas · %2 allocated").arg(number(window.busy->size()), pagesAsSize(window.pages)) +
                  (window.lazy_pages ? tr(" · %1 wait").arg(pagesAsSize(window.lazy_pages)) : QString());
    if (context == m_contextText) return;
    m_contextText = context;
    Q_EMIT contextChanged();
}

void VmallocView::setStatus(const WorkerStatus& status) {
    if (status.serial == m_seenSerial) return;
    m_seenSerial = status.serial;
    if (!status.answer.area) return;
    m_answered = status.answer.area;
    if (m_snapshot) setSnapshot(m_snapshot);
}

void VmallocView::run(const QString& words) {
    Q_EMIT requested(RunCommand{words});
}

void VmallocView::free() {
    const auto& busy = *m_snapshot->state.vmalloc.busy;
    const auto found = m_chosen ? busy.find(*m_chosen) : busy.end();
    if (found == busy.end()) return;
    run(QStringLiteral("%1 %2").arg(freeingFunction(kindOf(found->second)), hex(*m_chosen)));
}

void VmallocView::rowChanged() {
    if (m_marking) return;
    if (const VmArea* area = m_model->areaAt(m_areas->currentIndex().row())) choose(area->va.range.start);
}

/// Its frames are selected everywhere.
void VmallocView::choose(VirtAddr area) {
    const auto& busy = *m_snapshot->state.vmalloc.busy;
    const auto found = busy.find(area);
    if (found == busy.end()) return;
    mark(area);
    std::vector<PfnRange> frames = framesOf(found->second);
    if (frames.empty()) return;
    const PfnRange first = frames.front();
    frames.erase(frames.begin());
    m_state.select({.frames = first, .list = {}, .event = {}, .more = std::move(frames)});
}

void VmallocView::mark(std::optional<VirtAddr> area) {
    m_chosen = area;
    m_canvas->setChosen(area);
    const int row = area ? m_model->rowOf(*area) : -1;
    const VmArea* found = m_model->areaAt(row);
    m_free->setEnabled(found != nullptr);
    if (found) m_free->setText(freeingFunction(kindOf(*found)));
    m_marking = true;
    if (row < 0) {
        m_areas->setCurrentIndex({});
    } else if (m_areas->currentIndex().row() != row) {
        m_areas->selectRow(row);
        m_areas->scrollTo(m_model->index(row, 0));
    }
    m_marking = false;
    if (const QRectF at = area ? m_canvas->rectOf(*area) : QRectF(); !at.isEmpty())
        m_scroll->ensureVisible(static_cast<int>(at.left()), static_cast<int>(at.center().y()), 0,
                                static_cast<int>(at.height()));
}

void VmallocView::followSelection() {
    const PfnRange frames = m_state.selection().frames;
    if (!m_snapshot || frames.empty()) return;
    const VmallocState& window = m_snapshot->state.vmalloc;
    if (m_chosen && window.up) {  // several may map the frame
        const auto now = window.busy->find(*m_chosen);
        if (now != window.busy->end())
            for (const PfnRange range : framesOf(now->second))
                if (range.contains(frames.start)) return;
    }
    mark(area_of_frame(window, frames.start));
}

void VmallocView::fillMenu(QMenu& menu, QPoint) {
    if (!m_snapshot || !m_snapshot->booted) return;
    const PfnRange frames = m_state.selection().frames;
    if (!frames.empty())
        menu.addAction(tr("vmap the selected frames (%1)").arg(pfnText(frames)), this, [this, frames] {
            run(QStringLiteral("vmap %1 count %2").arg(hex(frames.start)).arg(frames.size()));
        });
    menu.addAction(tr("vm_unmap_aliases: flush what waits"), this, [this] { run("vm_unmap_aliases"); });
}

Table VmallocView::table() const {
    return tableOf(*m_model);
}

QString VmallocView::procText() const {
    return m_snapshot ? text(print_vmallocinfo(*m_snapshot)) : QString();
}

void VmallocView::restyle() {
    styleRows(*m_areas, m_theme);
    const QFontMetrics metrics(m_theme.mono());
    const char* widest[]{"0xffffc90000000000", "1023.9 MiB", "1 000 000", "waits for a flush", "0xfed00000000"};
    for (int column = 0; column < AreaModel::caller; ++column)
        m_areas->setColumnWidth(column, metrics.horizontalAdvance(widest[column]) + m_theme.px(14));
    styleTitleLine(*m_title, m_theme);
    m_parts->layout()->setSpacing(m_theme.px(6));
    styleScroll(*m_scroll, m_theme);
}

}  // namespace mm::gui

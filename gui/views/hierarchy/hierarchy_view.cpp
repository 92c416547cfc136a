// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/hierarchy/hierarchy_view.h"

#include <QVBoxLayout>

#include "gui/format/format.h"
#include "gui/widgets/canvas_or_words.h"

namespace mm::gui {
namespace {

/// Which view shows more of a box. Zones are no boxes of their own name: they all have a ZoneRef.
constexpr std::pair<const char*, const char*> places[]{
    {"kmalloc", "slab"},         {"kmem_cache_alloc", "slab"},
    {"size_class", "slab"},      {"cache", "slab"},
    {"cpu_slab", "slab"},        {"slab", "slab"},
    {"vmalloc", "vmalloc"},      {"area", "vmalloc"},
    {"pages", "vmalloc"},        {"alloc_pages", "experiment"},
    {"percpu", "percpu"},        {"memblock", "physmap"},
    {"page_allocator", "buddy"}, {"frame", "page"},
};

}  // namespace

HierarchyView::HierarchyView(const ViewContext& context, QWidget* parent)
    : View(context, parent),
      m_canvas(new HierarchyCanvas(m_theme, nullptr)),
      m_all(new CanvasOrWords(m_theme, m_canvas,
                              tr("Who allocates from whom appears here with the first struct pages (zone_sizes_init): "
                                 "press F5 to boot to the end"),
                              this)) {
    setAccessibleName(tr("Allocation hierarchy"));
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_all);
    setFocusProxy(m_canvas);
    connect(m_canvas, &HierarchyCanvas::chosen, this, &HierarchyView::open);
    connect(&m_state, &ViewState::selectionChanged, this, &HierarchyView::refresh);
    connect(&m_state, &ViewState::markChanged, this, &HierarchyView::refresh);
}

void HierarchyView::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    refresh();
}

void HierarchyView::refresh() {
    if (!m_snapshot) return;
    const Selection& selection = m_state.selection();
    std::vector<PathStep> path;
    if (!selection.frames.empty()) {
        const Pfn pfn = selection.object ? pfn_down(*selection.object) : selection.frames.start;
        path = allocation_path(*m_snapshot, {pfn, selection.object});
    }
    QString context = tr("select a frame or an object: its way is lit");
    if (!path.empty())
        context = selection.object
                      ? tr("the way of object %1").arg(hex(*selection.object))
                      : tr("the way of %1").arg(pfnText({selection.frames.start, selection.frames.start + 1}));
    const SnapshotPtr& mark = m_state.mark();
    const bool compared = mark && mark != m_snapshot;
    m_canvas->setHierarchy(allocation_hierarchy(*m_snapshot), std::move(path),
                           compared ? allocation_hierarchy(*mark) : Hierarchy{});
    m_all->showCanvas(!m_canvas->hierarchy().boxes.empty());
    if (context == m_contextText) return;
    m_contextText = context;
    Q_EMIT contextChanged();
}

void HierarchyView::open(const QString& box) {
    const auto i = m_canvas->hierarchy().find(box.toStdString());
    if (!i) return;
    if (const auto zone = m_canvas->hierarchy().boxes[*i].zone) {
        m_state.setZone(*zone);
        return Q_EMIT revealed(QStringLiteral("zones"));
    }
    for (const auto& [id, view] : places)
        if (box == QLatin1String(id)) return Q_EMIT revealed(QLatin1String(view));
}

Table HierarchyView::table() const {
    Table table{{tr("box"), tr("figures"), tr("asks"), tr("selected"), tr("source")}, {}};
    const Hierarchy& h = m_canvas->hierarchy();
    for (std::size_t i = 0; i < h.boxes.size(); ++i) {
        QStringList asks;
        for (const HierarchyEdge& edge : h.edges)
            if (edge.from == i) asks.push_back(text(h.boxes[edge.to].title));
        QString words;
        for (const PathStep& step : m_canvas->path())
            if (step.box == h.boxes[i].id) words = text(step.words);
        table.rows.push_back(
            {text(h.boxes[i].title), text(h.boxes[i].words), asks.join(", "), words, text(h.boxes[i].source)});
    }
    return table;
}

}  // namespace mm::gui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/fragmentation/fragmentation_view.h"

#include <QLabel>
#include <QVBoxLayout>

#include "gui/format/format.h"

namespace mm::gui {

FragmentationView::FragmentationView(const ViewContext& context, QWidget* parent)
    : View(context, parent),
      m_picker(new ZonePicker(m_state, this)),
      m_canvas(new FragCanvas(m_theme, this)),
      m_empty(
          new QLabel(tr("Fragmentation appears once memory is freed to the page allocator: press F5 to run the boot "
                        "to its end, then start a workload (Experiment)"),
                     this)) {
    setAccessibleName(tr("Fragmentation"));
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignTop);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_empty);
    all->addWidget(m_canvas, 1);
    m_canvas->hide();
    setFocusProxy(m_canvas);
    connect(m_canvas, &FragCanvas::asked, this, [this](Position at) { Q_EMIT requested(Seek{at}); });
    connect(m_picker, &ZonePicker::zoneChanged, this, &FragmentationView::showZone);
}

void FragmentationView::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    m_picker->setSnapshot(snapshot);
    showZone();
}

void FragmentationView::showZone() {
    if (!m_snapshot) return;
    const ZoneRef ref = m_picker->zone();
    const auto& samples = m_snapshot->history.samples();
    // While one only moves in time the samples stay: the same shared vector.
    if (&samples != m_shownSamples || samples.size() != m_shownCount || m_snapshot->total != m_shownEnd ||
        ref != m_shownZone) {
        m_shownSamples = &samples;
        m_shownCount = samples.size();
        m_shownEnd = m_snapshot->total;
        m_shownZone = ref;
        m_canvas->setSeries(fragSeries(samples, ref, ordersOf(m_snapshot)), ordersOf(m_snapshot), m_snapshot->total);
    }
    const Zone* zone = zoneIn(m_snapshot, ref);
    const bool free = zone && zone->free_pages != 0;
    m_canvas->setNow(free ? fragPoint(*zone, m_snapshot->at, ordersOf(m_snapshot)) : FragPoint{}, free);
    const bool any = !m_canvas->series().empty();
    m_canvas->setVisible(any);
    m_empty->setVisible(!any);
    const FragPoint now = free ? fragPoint(*zone, m_snapshot->at, ordersOf(m_snapshot)) : FragPoint{};
    const QString context =
        now.largest < 0
            ? QString()
            : tr("largest free block: order %1, %2").arg(now.largest).arg(pagesAsSize(NrPages{1} << now.largest));
    if (context == m_contextText) return;
    m_contextText = context;
    Q_EMIT contextChanged();
}

Table FragmentationView::table() const {
    Table table{{tr("event"), tr("order"), tr("unusable"), tr("extfrag"), tr("largest order")}, {}};
    for (const FragPoint& point : m_canvas->series())
        for (unsigned order = 0; order < ordersOf(m_snapshot); ++order)
            table.rows.push_back({QString::number(point.at), QString::number(order),
                                  QString::number(point.unusable[order] / 1000.0, 'f', 3),
                                  QString::number(point.extfrag[order] / 1000.0, 'f', 3),
                                  QString::number(point.largest)});
    return table;
}

QString FragmentationView::procText() const {
    QString out;
    for (const ZoneRef ref : populatedZones(m_snapshot)) {
        const FragPoint point = fragPoint(*zoneIn(m_snapshot, ref), m_snapshot->at, ordersOf(m_snapshot));
        out += QStringLiteral("Node %1, zone %2 ").arg(ref.nid).arg(text(name_of(ref.type)), 8);
        for (unsigned order = 0; order < ordersOf(m_snapshot); ++order)
            out += QStringLiteral("%1 ").arg(point.unusable[order] / 1000.0, 0, 'f', 3);
        out += '\n';
    }
    return out;
}

}  // namespace mm::gui

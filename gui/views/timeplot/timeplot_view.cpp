// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/timeplot/timeplot_view.h"

#include <QCursor>
#include <QToolTip>
#include <QVBoxLayout>
#include <cmath>

#include "gui/format/format.h"
#include "gui/models/zone_list.h"

namespace mm::gui {
TimeplotView::TimeplotView(const ViewContext& context, QWidget* parent)
    : View(context, parent), m_plot(new StackedPlot(m_theme, this)) {
    setAccessibleName(tr("Free memory over time"));
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_plot);
    connect(m_plot, &StackedPlot::asked, this, &TimeplotView::seek);
    connect(m_plot, &StackedPlot::pointed, this, &TimeplotView::explain);
    connect(m_plot, &StackedPlot::marginsChanged, this, &TimeplotView::marginsChanged);
    connect(&m_theme, &Theme::changed, this, &TimeplotView::restyle);
    restyle();
    showSeries();
}

QString TimeplotView::contextText() const {
    return tr("free pages by order · unusable index at order 9");
}

QSize TimeplotView::sizeHint() const {
    return {m_theme.px(800), m_theme.px(110)};
}

QMargins TimeplotView::plotMargins() const {
    return m_plot->plotMargins();
}

void TimeplotView::restyle() {
    QVector<PlotArea> areas;
    for (unsigned order = 0; order < ordersOf(m_snapshot); ++order)
        areas.append({tr("order %1").arg(order), m_theme.order(order)});
    m_plot->setAreas(areas, tr("unusable for order 9"), m_theme.migrate(MigrateType::unmovable, false));
}

void TimeplotView::setSnapshot(const SnapshotPtr& snapshot) {
    const bool otherOrders = ordersOf(snapshot) != ordersOf(m_snapshot);
    m_snapshot = snapshot;
    if (otherOrders) restyle();
    const auto* samples = snapshot ? &snapshot->history.samples() : nullptr;
    const std::size_t count = samples ? samples->size() : 0;
    const Position end = snapshot ? snapshot->total : 0;
    // While one only moves in time the samples stay: the same shared vector.
    if (samples != m_shownSamples || count != m_shownCount || end != m_shownEnd || otherOrders) {
        m_shownSamples = samples;
        m_shownCount = count;
        m_shownEnd = end;
        showSeries();
    }
    m_plot->setCursor(snapshot ? static_cast<double>(snapshot->at) : 0);
}

void TimeplotView::showSeries() {
    const FreeSeries series =
        m_snapshot ? freeSeries(m_snapshot->history.samples(), m_snapshot->total, ordersOf(m_snapshot)) : FreeSeries{};
    const auto column = [](const std::vector<double>& values) { return QVector<double>(values.begin(), values.end()); };
    PlotData plotted{column(series.at), {}, column(series.unusable)};
    for (const auto& order : series.byOrder)
        plotted.areas.append(column(order));
    m_plot->setLeftUnit(series.unit == GiB ? QStringLiteral("GiB") : QStringLiteral("MiB"));
    m_plot->setRange(m_snapshot ? static_cast<double>(m_snapshot->total) : 1);
    m_plot->setData(plotted);
    m_plot->setWords(series.empty() ? tr("Free memory appears here once the boot has run: press F5") : QString());
}

Table TimeplotView::table() const {
    Table table{{tr("event"), tr("free pages"), tr("unusable for order 9")}, {}};
    for (unsigned order = 0; order < ordersOf(m_snapshot); ++order)
        table.columns << tr("order %1").arg(order);
    if (!m_snapshot) return table;
    for (const Sample& s : m_snapshot->history.samples()) {
        QStringList row{QString::number(s.at), QString::number(s.free_pages),
                        QString::number(s.unusable_index_9 / 1000.0, 'f', 3)};
        for (unsigned order = 0; order < ordersOf(m_snapshot); ++order)
            row << QString::number(s.free_pages_by_order[order]);
        table.rows.push_back(row);
    }
    return table;
}

void TimeplotView::seek(double x) {
    if (!m_snapshot) return;
    const double end = static_cast<double>(m_snapshot->total);
    Q_EMIT requested(Seek{static_cast<Position>(std::llround(std::clamp(x, 0.0, end)))});
}

void TimeplotView::explain(double x) {
    if (!m_snapshot || x < 0 || x > static_cast<double>(m_snapshot->total)) return QToolTip::hideText();
    const auto at = static_cast<Position>(std::llround(x));
    const Sample* sample = sampleAt(m_snapshot->history.samples(), at);
    QString words = tr("event %1 of %2").arg(number(at), number(m_snapshot->total));
    const int stage = m_snapshot->history.stage_at(at);
    if (stage >= 0) words += QStringLiteral("<br>") + text(m_snapshot->history.stages()[std::size_t(stage)].name);
    if (sample) {
        words += tr("<br>%1 free in %2 pages").arg(pagesAsSize(sample->free_pages), number(sample->free_pages));
        words += tr("<br>unusable for order 9: %1 (unusable_free_index, mm/vmstat.c)")
                     .arg(sample->unusable_index_9 / 1000.0, 0, 'f', 3);
    }
    QToolTip::showText(QCursor::pos(), words, this);
}

}  // namespace mm::gui

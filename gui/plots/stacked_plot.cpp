// SPDX-License-Identifier: GPL-3.0-or-later
// QCustomPlot's header is written with Qt's short keywords, which the rest of the window does without.
#undef QT_NO_KEYWORDS
#undef QT_NO_FOREACH
#include "gui/plots/stacked_plot.h"

#include <qcustomplot.h>

#include <cmath>

namespace mm::gui {
namespace {

/// The legend beside the plot: the line's name, below it the areas as one ramp from the bottom of the stack to its top.
class Legend : public QWidget {
public:
    using QWidget::QWidget;
    const Theme* theme = nullptr;
    QString lineName;
    QColor lineColour;
    QVector<PlotArea> areas;

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setFont(theme->axis());
        painter.setPen(theme->tokens().dim);
        const double pitch = QFontMetricsF(theme->axis()).height() + theme->px(2), side = theme->px(9);
        painter.fillRect(QRectF(0, (pitch - theme->px(2)) / 2, side, theme->px(2)), lineColour);
        painter.drawText(QRectF(side + theme->px(5), 0, width(), pitch), Qt::AlignVCenter, lineName);
        if (areas.isEmpty()) return;
        const double wide = (width() - theme->px(4)) / static_cast<double>(areas.size());
        for (qsizetype i = 0; i < areas.size(); ++i)
            painter.fillRect(
                QRectF(std::round(static_cast<double>(i) * wide), pitch + theme->px(2), std::ceil(wide), side),
                areas[i].fill);
        const QRectF words(0, pitch + side + theme->px(3), width() - theme->px(4), pitch);
        painter.drawText(words, Qt::AlignLeft, areas.first().name);
        painter.drawText(words, Qt::AlignRight, areas.last().name);
    }
};

}  // namespace

StackedPlot::StackedPlot(const Theme& theme, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_plot(new QCustomPlot(this)), m_legend(new Legend(this)) {
    static_cast<Legend*>(m_legend)->theme = &theme;
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_plot, 1);
    row->addWidget(m_legend);
    m_plot->setBufferDevicePixelRatio(devicePixelRatioF());
    m_plot->setNoAntialiasingOnDrag(true);
    m_plot->setSelectionRectMode(QCP::srmNone);
    m_plot->setInteractions({});
    m_plot->setMouseTracking(true);
    m_plot->installEventFilter(this);
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->setMinimumSize(0, 0);
    m_plot->axisRect()->setAutoMargins(QCP::msNone);
    m_plot->axisRect()->setupFullAxesBox();
    m_plot->axisRect()->setMinimumSize(0, 0);
    m_plot->yAxis2->setRange(0, 1);
    m_line = m_plot->addGraph(m_plot->xAxis, m_plot->yAxis2);
    m_cursor = new QCPItemStraightLine(m_plot);
    m_plot->addLayer(QStringLiteral("cursor"), nullptr, QCustomPlot::limAbove);
    m_plot->layer(QStringLiteral("cursor"))->setMode(QCPLayer::lmBuffered);
    m_cursor->setLayer(QStringLiteral("cursor"));
    connect(&theme, &Theme::changed, this, &StackedPlot::restyle);
    restyle();
    setCursor(0);
}

StackedPlot::~StackedPlot() = default;

QSize StackedPlot::minimumSizeHint() const {
    return {m_theme.px(240), m_theme.px(48)};
}

double StackedPlot::legendWidth() const {
    return QFontMetricsF(m_theme.axis()).horizontalAdvance(QStringLiteral("unusable for order 9")) + m_theme.px(20);
}

void StackedPlot::setAreas(const QVector<PlotArea>& areas, const QString& lineName, const QColor& lineColour) {
    m_areas = areas;
    m_lineName = lineName;
    m_lineColour = lineColour;
    while (m_graphs.size() > areas.size()) {
        m_plot->removeGraph(m_graphs.takeLast());
    }
    while (m_graphs.size() < areas.size())
        m_graphs.append(m_plot->addGraph(m_plot->xAxis, m_plot->yAxis));
    restyleAreas();
}

void StackedPlot::restyleAreas() {
    for (qsizetype i = 0; i < m_graphs.size(); ++i) {
        m_graphs[i]->setPen(Qt::NoPen);
        m_graphs[i]->setBrush(m_areas[i].fill);
        m_graphs[i]->setChannelFillGraph(i == 0 ? nullptr : m_graphs[i - 1]);
        m_graphs[i]->setAntialiasedFill(false);
        m_graphs[i]->setAdaptiveSampling(false);  // edges of neighbours must meet
        m_graphs[i]->setLineStyle(QCPGraph::lsStepLeft);
    }
    m_line->setPen(QPen(m_lineColour, m_theme.px(1.6)));
    m_line->setLayer(QStringLiteral("axes"));
    m_line->setLineStyle(QCPGraph::lsStepLeft);
    auto* legend = static_cast<Legend*>(m_legend);
    legend->lineName = m_lineName;
    legend->lineColour = m_lineColour;
    legend->areas = m_areas;
    legend->update();
    replotSoon();
}

void StackedPlot::setData(const PlotData& plotted) {
    QVector<double> sums(plotted.x.size(), 0);
    m_top = 0;
    for (qsizetype i = 0; i < m_graphs.size() && i < plotted.areas.size(); ++i) {
        for (qsizetype k = 0; k < sums.size(); ++k)
            sums[k] += plotted.areas[i][k];
        m_graphs[i]->setData(plotted.x, sums, true);
    }
    for (const double sum : sums)
        m_top = std::max(m_top, sum);
    m_line->setData(plotted.x, plotted.line, true);
    placeTicks();
    replotSoon();
}

void StackedPlot::setRange(double xEnd) {
    const QCPRange range(0, std::max(1.0, xEnd));
    if (m_plot->xAxis->range() == range) return;
    m_plot->xAxis->setRange(range);
    replotSoon();
}

void StackedPlot::setCursor(double x) {
    m_cursor->point1->setCoords(x, 0);
    m_cursor->point2->setCoords(x, 1);
    m_plot->layer(QStringLiteral("cursor"))->replot();
}

void StackedPlot::setLeftUnit(const QString& unit) {
    m_unit = unit;
    placeTicks();
}

void StackedPlot::setWords(const QString& words) {
    m_words = words;
    m_plot->setAccessibleDescription(words);
    for (QCPGraph* graph : std::as_const(m_graphs))
        graph->setVisible(words.isEmpty());
    m_line->setVisible(words.isEmpty());
    auto* label = m_plot->itemCount() > 1 ? static_cast<QCPItemText*>(m_plot->item(1)) : new QCPItemText(m_plot);
    label->position->setType(QCPItemPosition::ptAxisRectRatio);
    label->position->setCoords(0.5, 0.5);
    label->setText(words);
    label->setFont(m_theme.body());
    label->setColor(m_theme.tokens().dim);
    label->setVisible(!words.isEmpty());
    replotSoon();
}

void StackedPlot::placeTicks() {
    const double top = m_top > 0 ? m_top : 1;
    m_plot->yAxis->setRange(0, top * 1.04);
    const double step = std::exp2(std::ceil(std::log2(top / 2.5)));
    QSharedPointer<QCPAxisTickerText> ticker(new QCPAxisTickerText);
    for (double value = 0; value <= top * 1.001; value += step)
        ticker->addTick(value, QString::number(value) + (value + step > top * 1.001 ? ' ' + m_unit : QString()));
    m_plot->yAxis->setTicker(ticker);
    QSharedPointer<QCPAxisTickerText> share(new QCPAxisTickerText);
    share->addTicks({{0, QStringLiteral("0")}, {0.5, QStringLiteral("0.5")}, {1, QStringLiteral("1")}});
    m_plot->yAxis2->setTicker(share);
}

void StackedPlot::restyle() {
    const Tokens& ink = m_theme.tokens();
    m_plot->setBackground(ink.panel);
    for (QCPAxis* axis : {m_plot->xAxis, m_plot->yAxis, m_plot->xAxis2, m_plot->yAxis2}) {
        const bool left = axis == m_plot->yAxis, right = axis == m_plot->yAxis2;
        axis->setBasePen(left || right ? QPen(Qt::NoPen) : QPen(ink.line, 1));
        axis->setTickPen(Qt::NoPen);
        axis->setSubTickPen(Qt::NoPen);
        axis->setTickLabels(left || right);
        axis->setTicks(left || right);
        axis->setTickLabelFont(m_theme.axis());
        axis->setTickLabelColor(right ? m_theme.tokens().dim : ink.dim);
        axis->setTickLabelPadding(m_theme.px(4));
        axis->grid()->setVisible(left);
        axis->grid()->setPen(QPen(ink.line, 1));
        axis->grid()->setZeroLinePen(Qt::NoPen);
    }
    m_plot->xAxis2->setVisible(false);
    const QFontMetricsF metrics(m_theme.axis());
    const int left = static_cast<int>(metrics.horizontalAdvance(QStringLiteral("0000 MiB"))) + m_theme.px(8);
    const int right = static_cast<int>(metrics.horizontalAdvance(QStringLiteral("0.5"))) + m_theme.px(10);
    const int half = static_cast<int>(metrics.height() / 2) + 1;
    m_plot->axisRect()->setMargins({left, half, right, half});
    m_legend->setFixedWidth(static_cast<int>(legendWidth()));
    m_cursor->setPen(QPen(ink.accent, m_theme.px(2)));
    updateGeometry();
    replotSoon();
    Q_EMIT marginsChanged();
}

QMargins StackedPlot::plotMargins() const {
    QMargins margins = m_plot->axisRect()->margins();
    if (!m_legend->isHidden()) margins.setRight(margins.right() + m_legend->width() + layout()->spacing());
    return margins;
}

double StackedPlot::xAt(double pixel) const {
    return m_plot->xAxis->pixelToCoord(pixel);
}

void StackedPlot::replotSoon() {
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void StackedPlot::resizeEvent(QResizeEvent*) {
    // The legend gives way where the plot would get narrow.
    m_legend->setVisible(width() > 4 * m_legend->minimumWidth());
    Q_EMIT marginsChanged();
}

bool StackedPlot::eventFilter(QObject* watched, QEvent* event) {
    const bool pressed = event->type() == QEvent::MouseButtonPress, moved = event->type() == QEvent::MouseMove;
    if (watched != m_plot || (!pressed && !moved)) return QWidget::eventFilter(watched, event);
    auto* mouse = static_cast<QMouseEvent*>(event);
    const double x = xAt(mouse->position().x());
    if (pressed ? mouse->button() == Qt::LeftButton : mouse->buttons().testFlag(Qt::LeftButton))
        Q_EMIT asked(x);
    else if (moved)
        Q_EMIT pointed(x);
    return false;
}

bool StackedPlot::savePdf(const QString& path) const {
    return m_plot->savePdf(path, m_plot->width(), m_plot->height(), QCP::epNoCosmetic, "mmscope", "mmscope");
}

}  // namespace mm::gui

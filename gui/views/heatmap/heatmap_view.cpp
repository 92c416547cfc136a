// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/heatmap/heatmap_view.h"

#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>
#include <algorithm>

#include "gui/format/format.h"
#include "gui/views/heatmap/heatmap_legend.h"
#include "gui/widgets/frame_menu.h"

namespace mm::gui {

HeatmapView::HeatmapView(const ViewContext& context, QWidget* parent) : View(context, parent) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    m_canvas = new HeatmapCanvas(context, this);
    m_side = new QWidget(this);
    row->addWidget(m_canvas, 1);
    row->addWidget(m_side);
    makeControls(m_side);
    connect(m_canvas, &HeatmapCanvas::updated, this, [this] { refresh(); });
    connect(m_legend, &HeatmapLegend::filterRequested, m_canvas, &HeatmapCanvas::setShown);
    connect(&m_theme, &Theme::changed, this, [this] { arrange(); });
    setFocusProxy(m_canvas);
    arrange();
}

void HeatmapView::makeControls(QWidget* side) {
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, 0, 0);
    m_controls = new QWidget(side);
    auto* grid = new QGridLayout(m_controls);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setColumnStretch(1, 1);
    m_mode = new QComboBox(side);
    for (const ModeInfo& mode : colourModes())
        m_mode->addItem(tr(mode.title));
    m_mode->setAccessibleName(tr("Colour by"));
    m_flag = new QComboBox(side);
    for (const std::string_view name : page_flag_names)
        m_flag->addItem(QStringLiteral("PG_") + text(name));
    m_flag->setCurrentIndex(static_cast<int>(PageFlag::reserved));
    m_flag->setAccessibleName(tr("Page flag"));
    m_layoutBox = new QComboBox(side);
    m_layoutBox->addItems({tr("pageblocks"), tr("lines"), tr("Hilbert curve")});  // as Arrangement
    m_layoutBox->setAccessibleName(tr("Arrangement of page frames"));
    m_layoutBox->setToolTip(
        tr("Pageblocks are boxes of their own; as lines, addresses run across the whole width; along a Hilbert curve "
           "neighbouring frames stay close in both directions"));
    m_brightness = new QComboBox(side);
    m_brightness->addItems({tr("all frames"), tr("recent changes")});  // as Brightness
    m_brightness->setAccessibleName(tr("Brightness of page frames"));
    m_brightness->setToolTip(
        tr("All frames: a cell's colours tell how much of it is what. Recent changes: what the last events touched is "
           "bright, "
           "the rest fades"));
    m_flagLabel = new QLabel(tr("Flag"), side);
    int line = 0;
    for (const auto& [label, box] :
         {std::pair{new QLabel(tr("Colour by"), side), m_mode}, std::pair{m_flagLabel, m_flag},
          std::pair{new QLabel(tr("Arranged in"), side), m_layoutBox},
          std::pair{new QLabel(tr("Bright"), side), m_brightness}}) {
        label->setBuddy(box);
        label->setProperty("dim", true);
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(12);  // "migrate type", "Hilbert curve"
        grid->addWidget(label, line, 0);
        grid->addWidget(box, line++, 1);
    }
    column->addWidget(m_controls);
    m_legend = new HeatmapLegend(m_theme, side);
    m_scroll = new QScrollArea(side);
    m_scroll->setWidget(m_legend);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    column->addWidget(m_scroll, 1);
    const auto recolour = [this] {
        setColouring(static_cast<ColourMode>(m_mode->currentIndex()), static_cast<unsigned>(m_flag->currentIndex()));
    };
    connect(m_mode, &QComboBox::activated, this, recolour);
    connect(m_flag, &QComboBox::activated, this, recolour);
    connect(m_brightness, &QComboBox::activated, this,
            [this](int i) { m_canvas->setBrightness(static_cast<Brightness>(i)); });
    connect(m_layoutBox, &QComboBox::activated, this,
            [this](int i) { m_canvas->setArrangement(static_cast<Arrangement>(i)); });
}

void HeatmapView::setColouring(ColourMode mode, unsigned parameter) {
    m_mode->setCurrentIndex(static_cast<int>(mode));
    if (mode == ColourMode::flag) m_flag->setCurrentIndex(static_cast<int>(parameter));
    m_canvas->setColouring(mode, parameter);
    arrange();
    refresh();
}

void HeatmapView::arrange() {
    const bool flags = m_mode->currentIndex() == static_cast<int>(ColourMode::flag);
    m_flag->setVisible(flags);
    m_flagLabel->setVisible(flags);
    m_legend->setWide(width() >= m_theme.px(640));
    m_side->setVisible(width() >= m_theme.px(380));
    layout()->setSpacing(m_theme.px(14));
    m_side->layout()->setSpacing(m_theme.px(8));
    QPalette dim = palette();
    dim.setColor(QPalette::WindowText, m_theme.tokens().dim);
    for (QLabel* label : m_side->findChildren<QLabel*>()) {
        label->setPalette(dim);
        label->setFont(m_theme.small());
        label->setStyleSheet(QStringLiteral("color: %1").arg(m_theme.tokens().dim.name()));
    }
    for (QComboBox* box : m_side->findChildren<QComboBox*>())
        box->setFont(m_theme.body());
    m_side->setFixedWidth(sideWidth());
}

/// The legend's; where it is cut, its scroll bar stands beside it and not on its numbers.
int HeatmapView::sideWidth() const {
    const QSize legend = m_legend->sizeHint();
    const int room = height() - (m_side->layout()->sizeHint().height() - m_scroll->sizeHint().height());
    const int bar = legend.height() > room ? m_scroll->verticalScrollBar()->sizeHint().width() : 0;
    return std::max(legend.width() + bar, m_controls->sizeHint().width()) + m_theme.px(2);
}

void HeatmapView::resizeEvent(QResizeEvent* event) {
    View::resizeEvent(event);
    arrange();
}

/// Of the selected frame, or the one under the pointer.
void HeatmapView::fillMenu(QMenu& menu, QPoint) {
    const PfnRange selected = m_state.selection().frames;
    addFrameCommands(menu, m_canvas->pyramid().snapshot(),
                     selected.empty() ? m_state.hovered() : std::optional(selected.start),
                     [this](const QString& words) { Q_EMIT requested(RunCommand{words}); });
}

void HeatmapView::setSnapshot(const SnapshotPtr& snapshot) {
    m_canvas->setSnapshot(snapshot);
}

QString HeatmapView::contextText() const {
    return m_context;
}

void HeatmapView::refresh() {
    if (!m_canvas->pyramid().snapshot()) return;
    m_legend->setCounts(m_canvas->pyramid().mode(), m_canvas->pyramid().totals(), m_canvas->shown());
    const int wide = sideWidth();
    if (m_side->width() != wide) m_side->setFixedWidth(wide);
    const QString context = m_canvas->contextText();
    if (context == m_context) return;
    m_context = context;
    Q_EMIT contextChanged();
}

}  // namespace mm::gui

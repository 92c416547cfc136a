// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/heatmap/heatmap_canvas.h"

#include <QPainter>
#include <QPainterPath>
#include <algorithm>

#include "gui/format/format.h"

namespace mm::gui {
namespace {

/// When this share of all pageblocks has changed, painting everything is not slower.
constexpr std::size_t manyOf = 3;

}  // namespace

HeatmapCanvas::HeatmapCanvas(const ViewContext& context, QWidget* parent)
    : QWidget(parent), m_theme(context.theme), m_state(context.state) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setMinimumSize(80, 60);
    setAccessibleName(tr("Map of page frames"));
    connect(&m_theme, &Theme::changed, this, [this] { forgetLayout(); });
    connect(&m_state, &ViewState::zoomChanged, this, [this] { forgetLayout(); });
    connect(&m_state, &ViewState::selectionChanged, this, [this] { update(); });
    connect(&m_state, &ViewState::hoveredChanged, this, [this] { update(); });
    connect(&m_state, &ViewState::markChanged, this, [this] {
        update();
        Q_EMIT updated();
    });
}

void HeatmapCanvas::setSnapshot(const SnapshotPtr& snapshot) {
    m_latest = snapshot;
    if (isVisible()) sync();
}

void HeatmapCanvas::setColouring(ColourMode mode, unsigned parameter) {
    m_mode = mode;
    m_parameter = parameter;
    m_shown = ~0u;
    if (isVisible()) sync();
}

void HeatmapCanvas::setArrangement(Arrangement arrangement) {
    if (m_arrangement == arrangement) return;
    m_arrangement = arrangement;
    forgetLayout();
}

void HeatmapCanvas::setBrightness(Brightness brightness) {
    if (m_brightness == brightness) return;
    m_brightness = brightness;
    update();
    Q_EMIT updated();
}

void HeatmapCanvas::setShown(std::uint32_t categories) {
    if (m_shown == categories) return;
    m_shown = categories;
    forgetImage();
    Q_EMIT updated();
}

void HeatmapCanvas::sync() {
    if (!m_latest) return;
    const bool hadStructs = m_pyramid.snapshot() && m_pyramid.snapshot()->pages.end_pfn() > 0;
    PagePyramid::Change change = m_pyramid.update(m_latest, m_mode, m_parameter);
    if (change.all) {
        Extents extents(m_pyramid.ground());
        const bool moved = !(extents == m_extents) || hadStructs != (m_latest->pages.end_pfn() > 0);
        m_extents = std::move(extents);
        forgetImage();
        if (moved) forgetLayout();
    } else {
        m_stale.insert(m_stale.end(), change.blocks.begin(), change.blocks.end());
        if (m_stale.size() * pageblock_pages > m_extents.size() / manyOf) forgetImage();
    }
    refreshCard();
    update();
    Q_EMIT updated();
}

void HeatmapCanvas::forgetImage() {
    m_imageValid = false;
    m_stale.clear();
    update();
}

void HeatmapCanvas::forgetLayout() {
    m_layoutValid = false;
    forgetImage();
    Q_EMIT updated();
}

QString HeatmapCanvas::banner() const {
    if (!m_latest || m_latest->pages.end_pfn() > 0 || m_extents.empty()) return {};
    return tr("struct pages appear with zone_sizes_init: press F10 until then or F5 to boot to the end");
}

int HeatmapCanvas::bannerHeight() const {
    return banner().isEmpty() ? 0 : QFontMetrics(m_theme.small()).height() + m_theme.px(8);
}

std::vector<PfnRange> HeatmapCanvas::visibleParts() const {
    const PhysRange zoom = m_state.zoom();
    return m_extents.visible(zoom.empty() ? PfnRange{} : touched_pfns(zoom));
}

const HeatmapLayout& HeatmapCanvas::mapLayout() {
    const double ratio = devicePixelRatioF();
    const QSize pixels = (QSizeF(width(), height() - bannerHeight()) * ratio).toSize();
    if (!m_layoutValid || pixels != m_layout.size) {
        const int breakHeight = static_cast<int>((QFontMetrics(m_theme.axis()).height() + m_theme.px(6)) * ratio);
        m_layout = HeatmapLayout::fit(visibleParts(), pixels, ratio, m_arrangement, breakHeight);
        m_layout.size = pixels;
        m_layoutValid = true;
        m_imageValid = false;
    }
    return m_layout;
}

QString HeatmapCanvas::contextText() {
    const HeatmapLayout& l = mapLayout();
    if (l.empty()) return {};
    const QString cell =
        l.cellShift == 0 ? tr("one cell = 1 page") : tr("one cell = %1").arg(pagesAsSize(l.cellPages()));
    const NrPages row = l.arrangement == Arrangement::hilbert ? l.tilePages() : l.rowPages();
    const NrPages blocks = row / pageblock_pages;
    const QString rowText = blocks == 1    ? tr("1 pageblock")
                            : blocks <= 64 ? tr("%1 pageblocks").arg(blocks)
                                           : pagesAsSize(row);
    QString out =
        cell + (l.arrangement == Arrangement::hilbert ? tr(" \u00b7 a square = ") : tr(" \u00b7 a row = ")) + rowText;
    if (!m_state.zoom().empty()) {
        NrPages shown = 0;
        for (const LayoutPart& p : l.parts)
            shown += p.frames.size();
        out += tr(" \u00b7 %1 from %2").arg(pagesAsSize(shown), hex(phys_of(l.parts.front().frames.start)));
    }
    if (m_brightness == Brightness::recency && !m_state.mark())
        out += tr(" \u00b7 bright: touched by the last 8, 64, 512, %1 events").arg(number(recencyReach));
    if (m_state.mark()) out += tr(" \u00b7 in colour: what differs from A");
    return out;
}

void HeatmapCanvas::paintImage() {
    const HeatmapLayout& l = mapLayout();
    if (m_image.size() != l.size) {
        m_image = QImage(l.size, QImage::Format_RGB32);
        m_imageValid = false;
    }
    if (m_imageValid && m_stale.empty()) return;
    const Inks inks = inksFor(m_theme, m_pyramid.mode(), m_shown);
    HeatmapPainter painter(m_image, l, m_pyramid, inks, devicePixelRatioF());
    if (!m_imageValid)
        painter.paintAll(m_theme.tokens().panel.rgb());
    else
        painter.paintBlocks(m_stale);
    m_imageValid = true;
    m_stale.clear();
}

void HeatmapCanvas::paintEvent(QPaintEvent*) {
    QPainter p(this);
    const Tokens& t = m_theme.tokens();
    if (!m_pyramid.snapshot() || m_extents.empty() || mapLayout().empty()) {
        p.fillRect(rect(), t.panel);
        p.setPen(t.dim);
        p.setFont(m_theme.body());
        const QString why = !m_extents.empty() ? tr("No memory in this stretch of the address space: Esc shows all")
                                               : tr("The map of page frames begins with e820__memory_setup:\n"
                                                    "press F10 until then or F5 to boot to the end");
        p.drawText(rect().adjusted(8, 8, -8, -8), Qt::AlignCenter | Qt::TextWordWrap, why);
        return;
    }
    paintImage();
    if (bannerHeight() > 0) paintBanner(p);
    m_image.setDevicePixelRatio(devicePixelRatioF());
    p.drawImage(QPoint(0, bannerHeight()), m_image);
    p.translate(0, bannerHeight());
    p.scale(1 / devicePixelRatioF(), 1 / devicePixelRatioF());
    paintBreaks(p);
    if (m_theme.letters()) paintLetters(p);
    paintOverlays(p);
}

void HeatmapCanvas::paintBanner(QPainter& p) {
    const QRect strip(0, 0, width(), bannerHeight());
    p.fillRect(strip, m_theme.tokens().panel);
    p.setPen(m_theme.tokens().dim);
    p.setFont(m_theme.small());
    const QString shown = QFontMetrics(p.font()).elidedText(banner(), Qt::ElideRight, width());
    p.drawText(strip.adjusted(0, 0, 0, -m_theme.px(6)), Qt::AlignLeft | Qt::AlignVCenter, shown);
}

void HeatmapCanvas::paintBreaks(QPainter& p) {
    const double ratio = devicePixelRatioF();
    QFont font = m_theme.axis();
    font.setPixelSize(static_cast<int>(font.pixelSize() * ratio));
    p.setFont(font);
    const QFontMetrics metrics(font);
    for (const LayoutPart& part : m_layout.parts) {
        if (part.skipped == 0) continue;
        const QRect strip(0, part.top - m_layout.breakHeight, m_layout.usedWidth(), m_layout.breakHeight);
        const QString label = tr("%1 of no memory").arg(pagesAsSize(part.skipped));
        const int textWidth = metrics.horizontalAdvance(label) + static_cast<int>(16 * ratio);
        const int middle = strip.center().y(), step = static_cast<int>(4 * ratio);
        QPainterPath zigzag;
        zigzag.moveTo(strip.left(), middle);
        for (int x = strip.left(), i = 0; x <= strip.right(); x += step, ++i)
            zigzag.lineTo(x, middle + (i % 4 == 1 ? -step / 2 : i % 4 == 3 ? step / 2 : 0));
        p.setPen(QPen(m_theme.tokens().faint, ratio));
        p.save();
        p.setRenderHint(QPainter::Antialiasing);
        QRect hole(0, strip.top(), std::min(textWidth, strip.width()), strip.height());
        hole.moveCenter(strip.center());
        p.setClipRegion(QRegion(strip) - hole);
        p.drawPath(zigzag);
        p.restore();
        p.setPen(m_theme.tokens().dim);
        p.drawText(hole, Qt::AlignCenter, label);
    }
}

void HeatmapCanvas::paintLetters(QPainter& p) {
    const double ratio = devicePixelRatioF();
    const HeatmapLayout& l = m_layout;
    if (l.cellShift > 0 || l.cellSize().width() < 8 * ratio || l.cellSize().height() < 9 * ratio) return;
    QFont font = m_theme.mono();
    font.setPixelSize(std::max(7, std::min(l.cellSize().height(), l.cellSize().width()) - static_cast<int>(3 * ratio)));
    p.setFont(font);
    const ModeInfo& mode = m_pyramid.mode();
    BlockCategories categories;
    for (const LayoutPart& part : l.parts) {
        for (Pfn first = part.frames.start; first < part.frames.end; first += pageblock_pages) {
            const int uniform = m_pyramid.classify(first, categories);
            for (unsigned i = 0; i < pageblock_pages; ++i) {
                const Category c = uniform >= 0 ? static_cast<Category>(uniform) : categories[i];
                if (c < categoryFirst) continue;
                const QString name = mode.name(c);
                p.setPen(m_theme.textOn(mode.ink(m_theme, c)));
                const bool order = m_mode == ColourMode::order && mode.free(c);
                p.drawText(l.cellInk(first + i), Qt::AlignCenter,
                           order ? name.section(' ', 1) : name.left(1).toUpper());
            }
        }
    }
}

void HeatmapCanvas::frame(QPainter& p, PfnRange frames, const QPen& pen, const QBrush& brush) {
    QRegion region = m_layout.region(frames);
    if (region.isEmpty()) return;
    // Never too small to be seen: a cell may be one pixel.
    const QRect all = region.boundingRect();
    const int least = static_cast<int>(7 * devicePixelRatioF());
    if (all.width() < least && all.height() < least) {
        QRect r(0, 0, std::max(all.width(), least), std::max(all.height(), least));
        r.moveCenter(all.center());
        region = r;
    }
    QPainterPath path;
    path.addRegion(region);
    p.setPen(pen);
    p.setBrush(brush);
    p.drawPath(path.simplified());
}

/// What is as it was at the marked moment fades; what differs keeps its colour.
void HeatmapCanvas::paintDifferences(QPainter& p) {
    const SnapshotPtr& mark = m_state.mark();
    const Snapshot* now = m_pyramid.snapshot();
    if (!mark || !now || mark.get() == now || mark->pages.end_pfn() == 0 || now->pages.end_pfn() == 0) return;
    p.drawImage(0, 0, veilBut(m_state.changedSinceMark(m_latest), m_layout, m_theme.tokens().panel));
}

/// What nothing has touched lately fades; not where the map shows differences, which fades for another reason.
void HeatmapCanvas::paintRecency(QPainter& p) {
    if (m_brightness != Brightness::recency || m_state.mark() || !m_latest) return;
    p.drawImage(0, 0, m_recency.image(m_latest, m_layout, m_theme.tokens().panel));
}

void HeatmapCanvas::paintOverlays(QPainter& p) {
    const double ratio = devicePixelRatioF();
    const Tokens& t = m_theme.tokens();
    paintRecency(p);
    paintDifferences(p);
    p.setRenderHint(QPainter::Antialiasing);
    QPen accent(t.accent, 2 * ratio);
    accent.setJoinStyle(Qt::MiterJoin);
    const PfnRange touched = touched_pfns(m_pyramid.snapshot()->last_event().event.touched);
    if (!touched.empty() && touched.size() < m_extents.size() - m_extents.size() / 8)
        frame(p, touched, accent, Qt::NoBrush);
    const PfnRange selected = m_state.selection().frames;
    QColor wash = t.accent;
    wash.setAlpha(70);
    for (const PfnRange frames : m_state.selection().all())
        frame(p, frames, accent, wash);
    QPen ink(t.text, 1.5 * ratio);
    ink.setJoinStyle(Qt::MiterJoin);
    if (m_cursor && hasFocus() && !selected.contains(*m_cursor)) {
        QPen dashed = ink;
        dashed.setDashPattern({2, 1.5});
        frame(p, {*m_cursor, *m_cursor + 1}, dashed, Qt::NoBrush);
    }
    if (m_state.hovered()) frame(p, {*m_state.hovered(), *m_state.hovered() + 1}, ink, Qt::NoBrush);
}

}  // namespace mm::gui

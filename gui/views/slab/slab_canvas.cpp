// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/slab/slab_canvas.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>
#include <limits>

#include "gui/format/format.h"

namespace mm::gui {
namespace {

constexpr std::size_t noRow = std::numeric_limits<std::size_t>::max();

PfnRange framesOf(const Slab& slab) {
    return {slab.pfn, slab.pfn + (Pfn{1} << slab.order)};
}

/// Those that objects come from next stand first.
int turnOf(SlabPlace place) {
    if (place == SlabPlace::free) return static_cast<int>(SlabPlace::partial) * 2 + 1;
    return static_cast<int>(place) * 2;
}

bool inUse(const Snapshot& snapshot, PhysAddr object) {
    const ObjectPlace place = object_at(snapshot, object);
    return place.object != no_object &&
           snapshot.state.slab.cache(place.cache).links_of(place.slab)[place.object] == used_object;
}

}  // namespace

SlabCanvas::SlabCanvas(const Theme& theme, ViewState& state, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_state(state) {
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    setAccessibleName(tr("Slabs of the cache"));
    connect(&m_state, &ViewState::selectionChanged, this, qOverload<>(&QWidget::update));
    connect(&m_theme, &Theme::changed, this, &QWidget::updateGeometry);
}

const KmemCache* SlabCanvas::shown() const {
    if (!m_snapshot || m_cache >= m_snapshot->state.slab.caches.size()) return nullptr;
    const KmemCache& s = m_snapshot->state.slab.cache(m_cache);
    return s.name.empty() ? nullptr : &s;
}

void SlabCanvas::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    listSlabs();
    if (m_object && !inUse(*snapshot, *m_object)) setObject(std::nullopt);
}

void SlabCanvas::setCache(CacheId id) {
    m_cache = id;
    listSlabs();
}

void SlabCanvas::setObject(std::optional<PhysAddr> object) {
    m_object = object;
    Q_EMIT objectChanged();
    update();
}

/// CPUs', their partial ones, the nodes', and the full ones last.
void SlabCanvas::listSlabs() {
    m_slabs.clear();
    m_rowOf.clear();
    m_arrays.clear();
    if (const KmemCache* s = shown()) {
        for (SlabId id = 0; id < s->slabs.size(); ++id)
            if (s->slabs[id].place != SlabPlace::unused) m_slabs.push_back(id);
        std::stable_sort(m_slabs.begin(), m_slabs.end(),
                         [s](SlabId a, SlabId b) { return turnOf(s->slabs[a].place) < turnOf(s->slabs[b].place); });
        m_rowOf.assign(s->slabs.size(), noRow);
        m_arrays = arrayRows(*s);
        for (std::size_t row = 0; row < m_slabs.size(); ++row)
            m_rowOf[m_slabs[row]] = row;
    }
    updateGeometry();
    update();
}

QSize SlabCanvas::sizeHint() const {
    return {m_theme.px(420),
            static_cast<int>(std::ceil(slabsFrom() + rowHeight() * double(std::max<std::size_t>(m_slabs.size(), 1))))};
}

double SlabCanvas::cellsFrom() const {
    const QFontMetricsF mono(m_theme.mono()), small(m_theme.small());
    return mono.horizontalAdvance("pfn 0x1234567") + small.horizontalAdvance("node partial") + m_theme.px(28);
}

double SlabCanvas::cellWidth(const KmemCache& s) const {
    const double room = std::max(40.0, width() - cellsFrom() - m_theme.px(8));
    return std::min<double>(m_theme.px(16), room / std::max(1u, s.layout.oo.objects));
}

QRectF SlabCanvas::rowOf(SlabId slab) const {
    if (slab >= m_rowOf.size() || m_rowOf[slab] == noRow) return {};
    return {0, slabsFrom() + rowHeight() * double(m_rowOf[slab]), double(width()), rowHeight()};
}

QRectF SlabCanvas::arrayRoom(std::size_t row) const {
    if (row >= m_arrays.size()) return {};
    const double room = std::max(40.0, width() - cellsFrom() - m_theme.px(8));
    return {cellsFrom(), rowHeight() * double(row), room, rowHeight()};
}

QRectF SlabCanvas::cellOf(SlabId slab, ObjectId object) const {
    const KmemCache* s = shown();
    const QRectF row = rowOf(slab);
    if (!s || row.isEmpty()) return {};
    const double wide = cellWidth(*s);
    const double gap = wide >= 4 ? 1 : 0;
    return {cellsFrom() + wide * object, row.top() + m_theme.px(3), wide - gap, rowHeight() - m_theme.px(6)};
}

QString SlabCanvas::placeWords(const KmemCache& s, SlabId id) const {
    const SlabPlace place = s.slabs[id].place;
    for (std::size_t cpu = 0; cpu < s.cpus.size(); ++cpu) {
        if (place == SlabPlace::cpu && s.cpus[cpu].slab == id) return tr("CPU %1").arg(cpu);
        if (place != SlabPlace::cpu_partial) continue;
        for (SlabId one = s.cpus[cpu].partial; one != no_slab; one = s.slabs[one].next)
            if (one == id) return tr("CPU %1 partial").arg(cpu);
    }
    return text(name_of(place));
}

void SlabCanvas::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    painter.fillRect(event->rect(), m_theme.tokens().panel);
    const KmemCache* s = shown();
    if (!s) return;
    for (std::size_t row = 0; row < m_arrays.size(); ++row)
        if (arrayRoom(row).top() <= event->rect().bottom() && arrayRoom(row).bottom() >= event->rect().top())
            paintArrayRow(painter, *s, row);
    if (m_slabs.empty()) {
        painter.setFont(m_theme.small());
        painter.setPen(m_theme.tokens().dim);
        painter.drawText(QRectF(0, slabsFrom(), width(), rowHeight()), int{Qt::AlignLeft} | int{Qt::AlignVCenter},
                         tr("%1 has no slab: the first object brings one").arg(text(s->name)));
        return;
    }
    const auto rowAtY = [this](int y) {
        return static_cast<std::size_t>(std::max(0.0, (y - slabsFrom()) / rowHeight()));
    };
    const std::size_t first = rowAtY(event->rect().top());
    const std::size_t end = std::min(m_slabs.size(), rowAtY(event->rect().bottom()) + 1);
    for (std::size_t row = first; row < end; ++row)
        paintSlab(painter, *s, row);
}

QColor SlabCanvas::ink(const KmemCache& s, ObjectId link) const {
    const bool reclaimable = s.layout.flags & slab::reclaim_account;
    const MigrateType type = reclaimable ? MigrateType::reclaimable : MigrateType::unmovable;
    if (link == used_object) return m_theme.migrate(type, false);
    return link == cached_object ? m_theme.migrate(type, true) : m_theme.tokens().track;
}

void SlabCanvas::paintArrayRow(QPainter& painter, const KmemCache& s, std::size_t row) const {
    const Tokens& tokens = m_theme.tokens();
    const QRectF room = arrayRoom(row);
    painter.setFont(m_theme.small());
    painter.setPen(tokens.text);
    painter.drawText(QRectF(m_theme.px(4), room.top(), cellsFrom(), room.height()),
                     int{Qt::AlignLeft} | int{Qt::AlignVCenter}, m_arrays[row].name);
    painter.setPen(tokens.dim);
    painter.drawText(QRectF(0, room.top(), cellsFrom() - m_theme.px(8), room.height()),
                     int{Qt::AlignRight} | int{Qt::AlignVCenter},
                     tr("%1 of %2").arg(m_arrays[row].array->avail()).arg(m_arrays[row].array->limit));
    paintArray(painter, m_arrays[row], room, ink(s, cached_object), m_theme);
}

void SlabCanvas::paintSlab(QPainter& painter, const KmemCache& s, std::size_t row) const {
    const Tokens& tokens = m_theme.tokens();
    const SlabId id = m_slabs[row];
    const QRectF at = rowOf(id);
    if (m_state.selection().touches(framesOf(s.slabs[id]))) painter.fillRect(at, tokens.accentWash);
    painter.setFont(m_theme.mono());
    painter.setPen(tokens.text);
    painter.drawText(at.adjusted(m_theme.px(4), 0, 0, 0), int{Qt::AlignLeft} | int{Qt::AlignVCenter},
                     QStringLiteral("pfn ") + hex(s.slabs[id].pfn));
    const double pfnWide = QFontMetricsF(m_theme.mono()).horizontalAdvance("pfn 0x1234567") + m_theme.px(14);
    painter.setFont(m_theme.small());
    painter.setPen(tokens.dim);
    painter.drawText(at.adjusted(pfnWide, 0, 0, 0), int{Qt::AlignLeft} | int{Qt::AlignVCenter}, placeWords(s, id));
    paintObjects(painter, s, id);
}

void SlabCanvas::paintObjects(QPainter& painter, const KmemCache& s, SlabId id) const {
    const ObjectId* links = s.links_of(id);
    const QRectF first = cellOf(id, 0);
    const double wide = cellWidth(s);
    for (unsigned o = 0; o < s.slabs[id].objects; ++o) {
        const QRectF cell = first.translated(wide * o, 0);
        painter.fillRect(cell, ink(s, links[o]));
        if (links[o] == used_object || wide < 6) continue;
        painter.setPen(m_theme.tokens().line);  // so that it is seen on the wash of a selected row, too
        painter.drawRect(cell.adjusted(0.5, 0.5, -0.5, -0.5));
    }
    if (!m_object) return;
    const PhysAddr start = s.address_of(id, 0);
    const Bytes offset = *m_object - start;
    if (*m_object < start || offset / s.layout.size >= s.slabs[id].objects) return;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(m_theme.tokens().accent, m_theme.px(2)));
    painter.drawRect(first.translated(wide * double(offset / s.layout.size), 0).adjusted(-1, -1, 1, 1));
}

std::optional<std::size_t> SlabCanvas::arrayAt(QPointF at) const {
    const auto row = static_cast<std::size_t>(std::max(0.0, at.y() / rowHeight()));
    return row < m_arrays.size() ? std::optional(row) : std::nullopt;
}

/// In an array: the object that waits there.
std::optional<ObjectPlace> SlabCanvas::placeAt(QPointF at) const {
    const KmemCache* s = shown();
    if (const auto array = arrayAt(at)) {
        const auto entry = entryAt(m_arrays[*array], arrayRoom(*array), at.x(), m_theme);
        return entry ? std::optional(ObjectPlace{m_cache, entry->slab, entry->object}) : std::nullopt;
    }
    const auto row = static_cast<std::size_t>(std::max(0.0, (at.y() - slabsFrom()) / rowHeight()));
    if (!s || row >= m_slabs.size()) return std::nullopt;
    ObjectPlace place{m_cache, m_slabs[row], no_object};
    const double object = (at.x() - cellsFrom()) / cellWidth(*s);
    if (object >= 0 && object < s->slabs[place.slab].objects) place.object = static_cast<ObjectId>(object);
    return place;
}

QString SlabCanvas::words(const KmemCache& s, const ObjectPlace& place) const {
    const Slab& slab = s.slabs[place.slab];
    QString out = tr("%1, order %2, on %3: %4 of %5 objects in use")
                      .arg(pfnText(framesOf(slab)))
                      .arg(slab.order)
                      .arg(placeWords(s, place.slab))
                      .arg(std::count(s.links_of(place.slab), s.links_of(place.slab) + slab.objects, used_object))
                      .arg(slab.objects);
    if (slab.colour != 0)
        out += tr("\nits first object begins %1 bytes from its start").arg(slab.colour * s.layout.slab.colour_off);
    if (place.object == no_object) return out;
    const ObjectId link = s.links_of(place.slab)[place.object];
    return out + tr("\nobject %1, %2: %3")
                     .arg(place.object)
                     .arg(hex(s.address_of(place.slab, place.object)), link == used_object ? tr("in use")
                                                                       : link == cached_object
                                                                           ? tr("waiting in an array")
                                                                           : tr("free"));
}

void SlabCanvas::mousePressEvent(QMouseEvent* event) {
    const auto place = placeAt(event->position());
    const KmemCache* s = shown();
    if (!place || !s) return QWidget::mousePressEvent(event);
    const bool used = place->object != no_object && s->links_of(place->slab)[place->object] == used_object;
    setObject(used ? std::optional(s->address_of(place->slab, place->object)) : std::nullopt);
    m_state.select({.frames = framesOf(s->slabs[place->slab]), .list = {}, .event = {}, .object = m_object});
}

std::optional<std::size_t> SlabCanvas::chosenRow() const {
    const PfnRange frames = m_state.selection().frames;
    if (!m_snapshot || frames.empty()) return std::nullopt;
    const ObjectPlace place = slab_of_frame(*m_snapshot, frames.start);
    if (place.cache != m_cache || place.slab >= m_rowOf.size() || m_rowOf[place.slab] == noRow) return std::nullopt;
    return m_rowOf[place.slab];
}

void SlabCanvas::choose(std::size_t row) {
    const KmemCache* s = shown();
    if (!s || row >= m_slabs.size()) return;
    setObject(std::nullopt);
    m_state.select({.frames = framesOf(s->slabs[m_slabs[row]]), .list = {}, .event = {}});
    setAccessibleDescription(words(*s, {m_cache, m_slabs[row], no_object}));
}

void SlabCanvas::keyPressEvent(QKeyEvent* event) {
    const KmemCache* s = shown();
    const bool down = event->key() == Qt::Key_Down;
    if (!s || (!down && event->key() != Qt::Key_Up)) return QWidget::keyPressEvent(event);
    const auto row = chosenRow();
    if (!row) return choose(0);
    choose(down ? std::min(*row + 1, m_slabs.size() - 1) : *row - std::min<std::size_t>(*row, 1));
}

bool SlabCanvas::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::hideText();
    const auto place = placeAt(help->pos());
    if (const auto array = arrayAt(help->pos()))
        QToolTip::showText(
            help->globalPos(),
            arrayWords(m_arrays[*array]) + (place ? QStringLiteral("\n") + words(*shown(), *place) : QString()), this);
    else if (place && shown())
        QToolTip::showText(help->globalPos(), words(*shown(), *place), this);
    return true;
}

}  // namespace mm::gui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/processes/areas_canvas.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <array>
#include <cmath>

#include "engine/mm/rmap.h"
#include "engine/snapshot/process_format.h"
#include "gui/format/format.h"

namespace mm::gui {
namespace {

constexpr NrPages mostPages = NrPages{1} << 20;  // of an area that are looked at one by one

QString flagsOf(const Vma& area) {
    QString out = QStringLiteral("---p");
    if (area.flags & vma::read) out[0] = 'r';
    if (area.flags & vma::write) out[1] = 'w';
    if (area.flags & vma::exec) out[2] = 'x';
    if (area.flags & vma::shared) out[3] = 's';
    return out;
}

QString addressText(VirtAddr address) {
    return QString::number(address, 16);
}

}  // namespace

std::optional<FrameUse> useOfFrame(const Snapshot& snapshot, Pfn pfn) {
    const MmState& state = snapshot.state.processes;
    for (const MappedAt& place : rmap_walk(state, pfn))
        for (const auto& [pid, task] : *state.tasks)
            if (task.mm == place.mm) return FrameUse{pid, place.area, place.address};
    return std::nullopt;
}

AreasCanvas::AreasCanvas(const Theme& theme, ViewState& state, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_state(state) {
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    setAccessibleName(tr("Areas of the process"));
    connect(&m_state, &ViewState::selectionChanged, this, qOverload<>(&QWidget::update));
    connect(&m_theme, &Theme::changed, this, &QWidget::updateGeometry);
}

void AreasCanvas::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    listAreas();
}

void AreasCanvas::setProcess(Pid pid) {
    m_pid = pid;
    listAreas();
}

void AreasCanvas::listAreas() {
    m_rows.clear();
    const MmState* state = m_snapshot ? &m_snapshot->state.processes : nullptr;
    if (const Mm* mm = state ? state->mm_of(m_pid) : nullptr) {
        const Paging& paging = paging_of(state->layout.paging);
        for (const auto& entry : mm->areas) {
            const Vma& area = entry.second;
            Row row{area.range, flagsOf(area), text(name_in_maps(*state, *mm, area)), {}};
            if (area.range.size() >> page_shift <= mostPages) row.pages.resize(area.range.size() >> page_shift);
            if (!row.pages.empty())
                each_entry(*state, *mm, area.range, [&](VirtAddr address, const EntryAt& at) {
                    const auto page = row.pages.begin() + static_cast<long>((address - area.range.start) >> page_shift);
                    if (!paging.present(at.entry)) return void(*page = Page::swapped);
                    const UserPte pte = decode(paging, at.entry, at.level);
                    const bool zero = pte.special || is_huge_zero_page(*state, pte.pfn);
                    std::fill_n(page, paging.at(at.level).span() >> page_shift,
                                zero                         ? Page::zero
                                : page_anon(*state, pte.pfn) ? Page::anonymous
                                                             : Page::file);
                });
            m_rows.push_back(std::move(row));
        }
    }
    updateGeometry();
    update();
}

QSize AreasCanvas::sizeHint() const {
    return {m_theme.px(420),
            static_cast<int>(std::ceil(rowHeight() * double(std::max<std::size_t>(m_rows.size(), 1))))};
}

double AreasCanvas::barFrom() const {
    return QFontMetricsF(m_theme.mono()).horizontalAdvance("7ffff7ff9000 rw-p ") + m_theme.px(10);
}

/// What the name leaves of the width: half of it at least.
double AreasCanvas::barWidth() const {
    const double name = QFontMetricsF(m_theme.mono()).horizontalAdvance("1000 KiB  /lib64/ld-linux-x86-64.so.2");
    const double room = width() - barFrom() - m_theme.px(16);
    return std::max(room - name, room / 2);
}

QRectF AreasCanvas::rowOf(VirtAddr start) const {
    for (std::size_t i = 0; i < m_rows.size(); ++i)
        if (m_rows[i].range.start == start) return {0, rowHeight() * double(i), double(width()), rowHeight()};
    return {};
}

QRectF AreasCanvas::barOf(VirtAddr start) const {
    const QRectF row = rowOf(start);
    if (row.isEmpty()) return {};
    return {barFrom(), row.top() + m_theme.px(4), barWidth(), row.height() - m_theme.px(8)};
}

QColor AreasCanvas::ink(Page page) const {
    switch (page) {
        case Page::anonymous:
            return m_theme.migrate(MigrateType::movable, false);
        case Page::file:
            return m_theme.migrate(MigrateType::reclaimable, false);
        case Page::zero:
            return m_theme.tokens().faint;
        default:
            return m_theme.tokens().track;
    }
}

void AreasCanvas::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    painter.fillRect(event->rect(), m_theme.tokens().panel);
    const auto first = static_cast<std::size_t>(std::max(0.0, event->rect().top() / rowHeight()));
    const auto end = std::min(m_rows.size(), static_cast<std::size_t>(event->rect().bottom() / rowHeight()) + 1);
    const auto chosen = chosenRow();
    for (std::size_t row = first; row < end; ++row)
        paintRow(painter, row, chosen == row);
}

void AreasCanvas::paintRow(QPainter& painter, std::size_t i, bool chosen) const {
    const Tokens& tokens = m_theme.tokens();
    const Row& row = m_rows[i];
    const QRectF at(0, rowHeight() * double(i), width(), rowHeight());
    if (chosen) painter.fillRect(at, tokens.accentWash);
    constexpr int left = int{Qt::AlignLeft} | int{Qt::AlignVCenter},
                  right = int{Qt::AlignRight} | int{Qt::AlignVCenter};
    painter.setFont(m_theme.mono());
    painter.setPen(tokens.text);
    painter.drawText(at.adjusted(m_theme.px(4), 0, 0, 0), left,
                     addressText(row.range.start).rightJustified(12) + " " + row.flags);
    const QRectF bar = barOf(row.range.start);
    paintBar(painter, row, bar);
    const QFontMetricsF metrics(m_theme.mono());
    const double sizeWide = metrics.horizontalAdvance("1000 KiB ");
    painter.setPen(tokens.dim);
    painter.drawText(QRectF(bar.right(), at.top(), sizeWide, at.height()), right, sizeText(row.range.size()));
    const double nameFrom = bar.right() + sizeWide + m_theme.px(8);
    painter.setPen(tokens.text);
    painter.drawText(QRectF(nameFrom, at.top(), width() - nameFrom, at.height()), left,
                     metrics.elidedText(row.name, Qt::ElideMiddle, width() - nameFrom));
}

/// A column of pixels stands for some pages: each kind gets its share of the height, and a pixel at least.
void AreasCanvas::paintBar(QPainter& painter, const Row& row, const QRectF& bar) const {
    painter.fillRect(bar, m_theme.tokens().track);
    if (row.pages.empty()) return;
    const auto columns = static_cast<std::size_t>(std::max(1.0, bar.width()));
    for (std::size_t x = 0; x < columns; ++x) {
        const std::size_t first = x * row.pages.size() / columns;
        const std::size_t end = std::max(first + 1, (x + 1) * row.pages.size() / columns);
        std::array<double, 5> share{};
        for (std::size_t p = first; p < end; ++p)
            share[static_cast<std::size_t>(row.pages[p])] += 1.0 / double(end - first);
        double bottom = bar.bottom();
        for (const Page page : {Page::anonymous, Page::file, Page::zero, Page::swapped}) {
            const double part = share[static_cast<std::size_t>(page)];
            if (part == 0) continue;
            const double tall = std::max(1.0, part * bar.height());
            const QRectF cell(bar.left() + double(x), std::max(bar.top(), bottom - tall), 1, tall);
            if (page == Page::swapped)
                painter.fillRect(cell, m_theme.hatch());
            else
                painter.fillRect(cell, ink(page));
            bottom -= tall;
        }
    }
    painter.setPen(m_theme.tokens().line);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5));
}

std::optional<std::size_t> AreasCanvas::rowAt(double y) const {
    const auto row = static_cast<std::size_t>(std::max(0.0, y / rowHeight()));
    return row < m_rows.size() ? std::optional(row) : std::nullopt;
}

std::optional<VirtAddr> AreasCanvas::addressAt(QPointF at) const {
    const auto i = rowAt(at.y());
    if (!i) return std::nullopt;
    const VirtRange range = m_rows[*i].range;
    const double x = (at.x() - barFrom()) / barWidth();
    if (x < 0 || x >= 1) return std::nullopt;
    return range.start + (static_cast<Bytes>(x * double(range.size() >> page_shift)) << page_shift);
}

QString AreasCanvas::words(std::size_t i, std::optional<VirtAddr> address) const {
    const Row& row = m_rows[i];
    std::array<NrPages, 5> count{};
    for (const Page page : row.pages)
        ++count[static_cast<std::size_t>(page)];
    QString out = tr("%1-%2 %3 %4\n%5 of %6 pages are in memory: %7 anonymous, %8 of files; %9 swapped out")
                      .arg(addressText(row.range.start), addressText(row.range.end), row.flags, row.name)
                      .arg(number(count[1] + count[2]), number(row.range.size() >> page_shift), number(count[1]),
                           number(count[2]), number(count[4]));
    const MmState& state = m_snapshot->state.processes;
    const Mm* mm = state.mm_of(m_pid);
    if (!address || !mm) return out;
    const EntryAt at = find_entry(state, *mm, *address);
    const Paging& paging = paging_of(state.layout.paging);
    out += tr("\n%1: ").arg(hex(*address));
    if (at.entry == 0) return out + tr("nothing yet, a touch will fault");
    if (!paging.present(at.entry) && is_hwpoison(paging, at.entry))
        return out + tr("lost with frame %1, which was poisoned: SIGBUS").arg(hex(decode_hwpoison(paging, at.entry)));
    if (!paging.present(at.entry)) return out + tr("in slot %1 of the swap area").arg(decode_swap(paging, at.entry));
    const UserPte pte = page_at(paging, at, *address);
    if (pte.special) return out + tr("the zero page");
    if (is_huge_zero_page(state, pte.pfn)) return out + tr("the huge page of zeros");
    if (at.level != PtLevel::pte) out += tr("in a huge page, one entry of the PMD: ");
    return out + tr("frame %1, %2%3%4")
                     .arg(hex(pte.pfn), pte.writable ? tr("writable") : tr("read only"),
                          pte.dirty ? tr(", dirty") : QString(), pte.young ? tr(", accessed") : QString());
}

void AreasCanvas::mousePressEvent(QMouseEvent* event) {
    const auto address = addressAt(event->position());
    const MmState* state = m_snapshot ? &m_snapshot->state.processes : nullptr;
    const Mm* mm = state ? state->mm_of(m_pid) : nullptr;
    if (!address || !mm) return QWidget::mousePressEvent(event);
    const EntryAt at = find_entry(*state, *mm, *address);
    const Paging& paging = paging_of(state->layout.paging);
    if (!paging.present(at.entry)) return m_state.clearSelection();
    const Pfn pfn = page_at(paging, at, *address).pfn;
    m_state.select({.frames = {pfn, pfn + 1}, .list = {}, .event = {}});
}

std::optional<std::size_t> AreasCanvas::chosenRow() const {
    const PfnRange frames = m_state.selection().frames;
    if (!m_snapshot || frames.empty()) return std::nullopt;
    for (const MappedAt& place : rmap_walk(m_snapshot->state.processes, frames.start)) {
        const Mm* mm = m_snapshot->state.processes.mm_of(m_pid);
        if (!mm || mm->id != place.mm) continue;
        for (std::size_t i = 0; i < m_rows.size(); ++i)
            if (m_rows[i].range.start == place.area) return i;
    }
    return std::nullopt;
}

/// Up and down choose the first page in memory of the next area that has one.
void AreasCanvas::keyPressEvent(QKeyEvent* event) {
    const bool down = event->key() == Qt::Key_Down;
    const Mm* mm = m_snapshot ? m_snapshot->state.processes.mm_of(m_pid) : nullptr;
    if (!mm || (!down && event->key() != Qt::Key_Up)) return QWidget::keyPressEvent(event);
    const auto chosen = chosenRow();
    const auto rows = static_cast<long>(m_rows.size());
    const Paging& paging = paging_of(m_snapshot->state.processes.layout.paging);
    for (long i = chosen ? static_cast<long>(*chosen) + (down ? 1 : -1) : 0; i >= 0 && i < rows; i += down ? 1 : -1) {
        const Row& row = m_rows[static_cast<std::size_t>(i)];
        const auto page = std::find_if(row.pages.begin(), row.pages.end(),
                                       [](Page p) { return p == Page::anonymous || p == Page::file; });
        if (page == row.pages.end()) continue;
        const VirtAddr address = row.range.start + (static_cast<Bytes>(page - row.pages.begin()) << page_shift);
        const Pfn pfn = page_at(paging, find_entry(m_snapshot->state.processes, *mm, address), address).pfn;
        m_state.select({.frames = {pfn, pfn + 1}, .list = {}, .event = {}});
        setAccessibleDescription(words(static_cast<std::size_t>(i), address));
        return;
    }
}

bool AreasCanvas::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::hideText();
    if (const auto row = rowAt(help->pos().y()))
        QToolTip::showText(help->globalPos(), words(*row, addressAt(help->pos())), this);
    return true;
}

}  // namespace mm::gui

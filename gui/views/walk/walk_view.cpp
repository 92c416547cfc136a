// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/walk/walk_view.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include "gui/format/format.h"

namespace mm::gui {

WalkView::WalkView(const ViewContext& context, QWidget* parent) : View(context, parent) {
    makeParts();
    connect(m_entry, &QLineEdit::returnPressed, this, &WalkView::walkEntered);
    connect(m_select, &QPushButton::clicked, this, &WalkView::selectFrame);
    connect(m_process, &QPushButton::clicked, this, [this] {
        m_address = m_mapped;
        refresh();
    });
    connect(&m_state, &ViewState::selectionChanged, this, &WalkView::followSelection);
    connect(&m_state, &ViewState::markChanged, this, &WalkView::refresh);
    connect(&m_theme, &Theme::changed, this, &WalkView::restyle);
    restyle();
    refresh();
}

void WalkView::makeParts() {
    m_entry = new QLineEdit(this);
    m_entry->setPlaceholderText(tr("virtual address, phys:0x1000, pfn:0x1, page:0x1 or 12:0x1000 of process 12"));
    m_entry->setAccessibleName(tr("Address to walk"));
    m_entry->installEventFilter(this);
    m_select = new QPushButton(tr("Select frame"), this);
    m_select->setToolTip(tr("Selects the frame that was found in all views"));
    m_process = new QPushButton(this);
    m_process->setObjectName("walk process");
    m_process->setToolTip(
        tr("A process maps this frame too: follows that address through the process's own page tables"));
    m_area = new QLabel(this);
    m_area->setWordWrap(true);
    m_problem = new QLabel(this);
    m_problem->setWordWrap(true);
    m_problem->hide();
    m_empty = new QLabel(tr("Open a machine, then enter an address or select a page frame"), this);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_canvas = new WalkCanvas(m_theme, nullptr);
    m_scroll = new QScrollArea(this);
    m_scroll->setAccessibleName(tr("Page-table walk"));
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setWidget(m_canvas);
    auto* line = new QHBoxLayout;
    line->addWidget(m_entry, 1);
    line->addWidget(m_process);
    line->addWidget(m_select);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addLayout(line);
    outer->addWidget(m_problem);
    outer->addWidget(m_area);
    outer->addWidget(m_empty, 1);
    outer->addWidget(m_scroll, 1);
    setFocusProxy(m_entry);
}

void WalkView::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot->machine && snapshot->profile ? snapshot : nullptr;
    if (m_snapshot && !m_address) {
        // Something to look at until an address is asked for: the kernel's text in the direct map.
        const LayoutInput layout = layout_input_of(*m_snapshot);
        if (const auto virt = phys_to_virt(layout, layout.image.start)) m_address = WalkAddress{*virt, 0};
        followSelection();
    }
    refresh();
}

void WalkView::followSelection() {
    const PfnRange frames = m_state.selection().frames;
    if (!m_snapshot || frames.empty()) return;
    const PhysAddr phys = phys_of(frames.start);
    const auto virt = phys_to_virt(layout_input_of(*m_snapshot), phys);
    const auto mapped = process_address(*m_snapshot, frames.start);
    m_problem->setVisible(!virt && !mapped);
    if (virt)
        m_address = WalkAddress{*virt, 0};
    else if (mapped)
        m_address = mapped;
    else
        m_problem->setText(tr("Frame %1 has no address in the direct map.").arg(hex(frames.start)));
    refresh();
}

void WalkView::walkEntered() {
    if (!m_snapshot) return;
    const auto address = parse_address(*m_snapshot, m_entry->text().trimmed().toStdString());
    m_problem->setVisible(!address);
    if (!address) return m_problem->setText(text(address.error().message));
    m_address = *address;
    refresh();
}

void WalkView::refresh() {
    const bool show = m_snapshot && m_address;
    m_empty->setVisible(!show);
    m_scroll->setVisible(show);
    m_area->setVisible(show);
    m_entry->setEnabled(m_snapshot != nullptr);
    m_select->setVisible(false);
    m_process->setVisible(false);
    if (!show) return;
    WalkReport report = walk_report(*m_snapshot, *m_address);
    m_entry->setText(text(to_text(*m_address)));
    QString where = report.pid == 0 ? report.area ? tr("in %1").arg(text(report.area->name)) : tr("in no area")
                    : report.process_area.empty() ? tr("in no area of process %1").arg(report.pid)
                                                  : text(report.process_area);
    if (report.area && !report.area->note.empty()) where += QStringLiteral(": ") + text(report.area->note);
    if (!report.segment.empty()) where += QStringLiteral("\n") + text(report.segment);
    m_area->setText(where);
    m_select->setVisible(report.phys.has_value());
    m_mapped = report.phys && report.pid == 0 ? process_address(*m_snapshot, pfn_down(*report.phys)) : std::nullopt;
    m_process->setVisible(m_mapped.has_value());
    if (m_mapped) m_process->setText(tr("Walk process %1").arg(m_mapped->pid));
    QString context = text(report.paging->name);
    if (m_state.mark()) context += tr(" · compared with A");
    const SnapshotPtr& mark = m_state.mark();
    m_canvas->setWalk(m_snapshot, std::move(report),
                      mark ? std::optional(walk_report(*mark, *m_address)) : std::nullopt);
    if (context == m_context) return;
    m_context = context;
    Q_EMIT contextChanged();
}

void WalkView::selectFrame() {
    if (!m_canvas->report().phys) return;
    Selection s;
    const Pfn pfn = pfn_down(*m_canvas->report().phys);
    s.frames = {pfn, pfn + 1};
    m_state.select(s);
}

bool WalkView::eventFilter(QObject* watched, QEvent* event) {
    if (watched != m_entry || event->type() != QEvent::KeyPress || !m_address) return View::eventFilter(watched, event);
    const Bytes leaf = std::max(page_size, m_canvas->report().leaf_size);
    switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Up:
            m_address->virt -= page_size;
            break;
        case Qt::Key_Down:
            m_address->virt += page_size;
            break;
        case Qt::Key_PageUp:
            m_address->virt -= leaf;
            break;
        case Qt::Key_PageDown:
            m_address->virt += leaf;
            break;
        default:
            return View::eventFilter(watched, event);
    }
    m_problem->hide();
    refresh();
    return true;
}

void WalkView::restyle() {
    const Tokens& t = m_theme.tokens();
    m_entry->setFont(m_theme.mono());
    for (QLabel* label : {m_area, m_empty}) {
        label->setFont(m_theme.small());
        label->setStyleSheet(QStringLiteral("color: %1").arg(t.dim.name()));
    }
    m_problem->setFont(m_theme.body());
    m_problem->setStyleSheet(QStringLiteral("color: %1").arg(m_theme.alarm().ink.name()));
    layout()->setSpacing(m_theme.px(6));
}

Table WalkView::table() const {
    Table table{{tr("level"), tr("index"), tr("table at"), tr("entry at"), tr("entry"), tr("flags"), tr("leads to")},
                {}};
    if (!hasTable()) return table;
    for (const WalkLevel& level : walk_report(*m_snapshot, *m_address).levels) {
        const QString name = text(name_of(level.level));
        if (level.is_folded) {
            table.rows.push_back({name, {}, {}, {}, {}, tr("folded"), {}});
        } else if (!level.is_reached) {
            table.rows.push_back({name, QString::number(level.index), {}, {}, {}, tr("not reached"), {}});
        } else {
            QStringList flags;
            for (const std::string& flag : level.flags)
                flags << text(flag);
            table.rows.push_back({name, QString::number(level.index), hex(level.table), hex(level.entry_at),
                                  hex(level.entry), level.is_present ? flags.join(' ') : tr("not present"),
                                  level.is_present ? hex(level.leads_to) : QString()});
        }
    }
    return table;
}

QString WalkView::procText() const {
    return m_snapshot && m_address ? text(print_walk(walk_report(*m_snapshot, *m_address))) : QString();
}

}  // namespace mm::gui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/stages/card_view.h"

#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

#include "engine/snapshot/describe.h"
#include "gui/format/format.h"

namespace mm::gui {
namespace {

QLabel* paragraph(QWidget* parent, const QString& name) {
    auto* label = new QLabel(parent);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    label->setAccessibleName(name);
    return label;
}

void setInk(QLabel& label, const QColor& ink, const QFont& font) {
    QPalette palette = label.palette();
    palette.setColor(QPalette::WindowText, ink);
    label.setPalette(palette);
    label.setFont(font);
}

/// Lets a long name of a function or range wrap at its joints.
QString breakable(QString words) {
    for (const char* joint : {"_", "-", "/"})
        words.replace(joint, QString::fromLatin1(joint) + QChar(0x200b));
    return words;
}

/// Before the first event: a machine is switched on; a recording finds one that runs.
QString beginning(const Snapshot& s) {
    if (!s.history.stages().empty()) return QString("Power-on: nothing has happened yet.");
    const QString name = text(s.machine->name);
    return QString("%1 begins here: a running machine with %2 of memory, of which %3 are free, and %4 events to come.")
        .arg(name, pagesAsSize(s.state.zones.sum(&Zone::managed)), pagesAsSize(s.state.zones.sum(&Zone::free_pages)),
             number(s.total));
}

}  // namespace

CardView::CardView(const ViewContext& context, QWidget* parent)
    : View(context, parent),
      m_what(paragraph(this, "What happened")),
      m_why(paragraph(this, "Explanation")),
      m_where(paragraph(this, "Kernel function and file")) {
    auto* page = new QWidget;
    auto* lines = new QVBoxLayout(page);
    lines->setContentsMargins(0, 0, 0, 0);
    for (QLabel* label : {m_what, m_why, m_where})
        lines->addWidget(label);
    lines->addStretch(1);
    auto* scroll = new QScrollArea(this);
    scroll->setAccessibleName(tr("What happens here"));
    scroll->setWidget(page);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::TabFocus);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroll);
    connect(&m_theme, &Theme::changed, this, &CardView::restyle);
    restyle();
}

void CardView::setSnapshot(const SnapshotPtr& snapshot) {
    const History& history = snapshot->history;
    const RecordedEvent last = snapshot->last_event();
    const bool inBoot = snapshot->stage >= 0 && static_cast<std::size_t>(snapshot->stage) < history.stages().size();
    const bool running = snapshot->booted && last.stage == 0xffff && snapshot->at > 0;
    const StageInfo stage = inBoot ? history.stages()[static_cast<std::size_t>(snapshot->stage)] : StageInfo{};

    const bool plainWords = last.event.kind == EventKind::kernel_note && !last.text.empty();
    const QString what = snapshot->at == 0 ? beginning(*snapshot) : plainWords ? text(last.text) : text(describe(last));
    m_what->setText(breakable(what));
    const bool recording = history.stages().empty();
    QString why;
    if ((running || recording) && snapshot->at > 0) why = m_explanations.ofEvent(last.event.kind);
    if (why.isEmpty())
        why = m_explanations.ofStage(recording ? "recording"
                                     : running ? "run"
                                     : inBoot  ? text(stage.name)
                                               : "power-on");
    m_why->setText(why);
    const bool eventHasPlace = !kernel_function_of(last.event.kind).empty();
    const QString function = eventHasPlace ? text(kernel_function_of(last.event.kind)) : text(stage.name);
    const QString file = eventHasPlace ? text(kernel_file_of(last.event.kind)) : text(stage.file);
    m_where->setText(snapshot->at == 0 ? QString() : breakable(QString("%1()  %2").arg(function, file)));
    m_table = {{"about", "words"},
               {{"event", QString::number(snapshot->at)},
                {"stage", running ? QString("run") : text(stage.name)},
                {"what happened", what},
                {"why", m_why->text()},
                {"kernel function", snapshot->at == 0 ? QString() : function},
                {"kernel file", snapshot->at == 0 ? QString() : file}}};
    const QString context = running ? "running" : text(stage.name);
    if (context != m_contextText) {
        m_contextText = context;
        Q_EMIT contextChanged();
    }
}

void CardView::restyle() {
    const Tokens& ink = m_theme.tokens();
    setInk(*m_what, ink.text, m_theme.title());
    setInk(*m_why, ink.dim, m_theme.body());
    setInk(*m_where, ink.dim, m_theme.mono());
    m_what->parentWidget()->layout()->setSpacing(m_theme.px(6));
    for (QLabel* label : {m_what, m_why, m_where})
        label->setMaximumWidth(m_theme.px(640));  // longer lines are hard to follow
}

}  // namespace mm::gui

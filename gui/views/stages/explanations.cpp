// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/stages/explanations.h"

#include <QFile>
#include <QStringList>

#include "gui/format/format.h"
#include "gui/style/resources.h"

namespace mm::gui {
namespace {

QString fileWords(const QString& name) {
    QFile file(resourcePath(name));
    return file.open(QIODevice::ReadOnly | QIODevice::Text) ? QString::fromUtf8(file.readAll()) : QString();
}

/// "## name", then its words, up to the next.
QHash<QString, QString> sections(const QString& words) {
    QHash<QString, QString> out;
    QString name;
    for (const QString& line : words.split('\n')) {
        if (line.startsWith(QLatin1String("## ")))
            name = line.mid(3).trimmed();
        else if (!name.isEmpty())
            out[name] += line + ' ';
    }
    for (QString& section : out)
        section = section.simplified();
    return out;
}

}  // namespace

const QString& Explanations::ofStage(const QString& stage) {
    const auto found = m_stages.constFind(stage);
    if (found != m_stages.constEnd()) return *found;
    return *m_stages.insert(stage, fileWords(QString("explain/%1.md").arg(stage)).simplified());
}

const QString& Explanations::ofEvent(EventKind kind) {
    if (m_events.isEmpty()) m_events = sections(fileWords("explain/events.md"));
    return m_events[text(name_of(kind))];
}

}  // namespace mm::gui

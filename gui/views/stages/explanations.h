// SPDX-License-Identifier: GPL-3.0-or-later
// What is told of a boot stage (resources/explain/<stage>.md) and of what happens while the machine runs
// (resources/explain/events.md, a section an event).
#pragma once

#include <QHash>
#include <QString>

#include "engine/types/trace.h"

namespace mm::gui {

class Explanations {
public:
    /// "": there is none.
    const QString& ofStage(const QString& stage);
    const QString& ofEvent(EventKind kind);

private:
    QHash<QString, QString> m_stages;  ///< read so far
    QHash<QString, QString> m_events;  ///< all, once one was asked for
};

}  // namespace mm::gui

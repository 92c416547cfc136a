// SPDX-License-Identifier: GPL-3.0-or-later
// Brings the machine to the moment the command line asks for, one request after the other, each posted when the one
// before has settled; says when it is there, or what went wrong.
#pragma once

#include <QObject>

#include "gui/bridge/bridge.h"
#include "gui/shell/options.h"
#include "gui/state/view_state.h"

namespace mm::gui {

class Launch : public QObject {
    Q_OBJECT
public:
    Launch(const Options& options, Bridge& bridge, ViewState& state, QObject* parent = nullptr);
    void start();

Q_SIGNALS:
    void arrived();                        ///< the snapshot asked for is in bridge.latest()
    void failed(const QString& sentence);  ///< bad file, stage or position

private:
    enum class Next { mark, navigate, run, command, select, nothing };
    void advance();
    void navigate();
    void mark();

    Options m_options;
    Bridge& m_bridge;
    ViewState& m_state;
    Next m_next = Next::nothing;
    qsizetype m_done = 0;  ///< commands
};

}  // namespace mm::gui

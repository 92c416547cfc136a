// SPDX-License-Identifier: GPL-3.0-or-later
// A stretch of time as a film (GIF, MP4, WebM): one moment after the other is asked for, what a widget shows of it goes
// as raw pixels to ffmpeg, a process of its own. The file appears when it is whole.
//
//      Seek ─► settled ─► picture ─► ffmpeg ─► file.partial.gif ─► file.gif
//        ▲                   │
//        '── next moment ────'
#pragma once

#include <QObject>
#include <QProcess>
#include <memory>

#include "gui/bridge/bridge.h"

class QWidget;

namespace mm::gui {

struct AnimationSpec {
    QString path;  ///< .gif, .mp4 or .webm
    Position from = 0, to = 0;
    unsigned frames = 120, perSecond = 12;
};

/// A suffix of films.
bool isAnimationFormat(const QString& suffix);
/// "" or why no film can be made: a sentence.
QString animationProblem(const QString& path);

class Animation : public QObject {
    Q_OBJECT
public:
    /// The widget shows what the bridge has; both outlive the film.
    Animation(const AnimationSpec& spec, Bridge& bridge, QWidget& shown, QObject* parent = nullptr);
    ~Animation() override;

    void start();
    void cancel();

Q_SIGNALS:
    void progressed(int done, int of);
    void finished(const QString& problem);  ///< "": the file is there

private:
    void ask();
    void arrived();
    void filmed();
    void end(const QString& problem);
    Position moment(unsigned frame) const;
    QString partial() const;

    AnimationSpec m_spec;
    Bridge& m_bridge;
    QWidget& m_shown;
    QProcess m_ffmpeg;
    QSize m_size;
    unsigned m_done = 0;
    bool m_ended = false;
};

}  // namespace mm::gui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/shell/animation.h"

#include <QApplication>
#include <QFile>
#include <QFileInfo>
#include <QImage>
#include <QStandardPaths>
#include <QWidget>

namespace mm::gui {
namespace {

constexpr qint64 waitingBytes = 64 << 20;  ///< pictures that ffmpeg has not taken yet

QStringList codecOf(const QString& suffix) {
    if (suffix == "gif") return {"-vf", "split[a][b];[a]palettegen=stats_mode=diff[p];[b][p]paletteuse=dither=none"};
    const QStringList even{"-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p"};
    if (suffix == "mp4") return even + QStringList{"-c:v", "libx264", "-crf", "20", "-movflags", "+faststart"};
    return even + QStringList{"-c:v", "libvpx-vp9", "-b:v", "0", "-crf", "30"};
}

}  // namespace

bool isAnimationFormat(const QString& suffix) {
    return QStringList{"gif", "mp4", "webm"}.contains(suffix.toLower());
}

QString animationProblem(const QString& path) {
    if (!isAnimationFormat(QFileInfo(path).suffix()))
        return QString("%1: expected a name that ends in .gif, .mp4 or .webm.").arg(path);
    if (QStandardPaths::findExecutable("ffmpeg").isEmpty())
        return QString(
                   "%1: films are written by ffmpeg, which is not installed here (on Debian and Ubuntu: "
                   "apt install ffmpeg).")
            .arg(path);
    return {};
}

Animation::Animation(const AnimationSpec& spec, Bridge& bridge, QWidget& shown, QObject* parent)
    : QObject(parent), m_spec(spec), m_bridge(bridge), m_shown(shown) {
    m_spec.frames = std::max(2u, m_spec.frames);
    m_spec.perSecond = std::max(1u, m_spec.perSecond);
    connect(&m_bridge, &Bridge::statusChanged, this, &Animation::arrived, Qt::QueuedConnection);
    connect(&m_ffmpeg, &QProcess::bytesWritten, this, &Animation::arrived);
    connect(&m_ffmpeg, &QProcess::finished, this, &Animation::filmed);
    connect(&m_ffmpeg, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) end(m_spec.path + ": ffmpeg could not be started.");
    });
}

Animation::~Animation() {
    m_ended = true;
    m_ffmpeg.disconnect(this);
    if (m_ffmpeg.state() == QProcess::NotRunning) return;
    m_ffmpeg.kill();
    m_ffmpeg.waitForFinished();
    QFile::remove(partial());
}

QString Animation::partial() const {
    const QFileInfo file(m_spec.path);
    return file.path() + '/' + file.completeBaseName() + ".partial." + file.suffix();
}

Position Animation::moment(unsigned frame) const {
    const double share = double(frame) / (m_spec.frames - 1);
    const double from = static_cast<double>(m_spec.from), to = static_cast<double>(m_spec.to);
    return static_cast<Position>(from + share * (to - from) + 0.5);
}

void Animation::start() {
    if (const QString problem = animationProblem(m_spec.path); !problem.isEmpty()) return end(problem);
    m_size = m_shown.size();
    const QStringList input{"-y",
                            "-loglevel",
                            "error",
                            "-f",
                            "rawvideo",
                            "-pix_fmt",
                            "rgba",
                            "-s",
                            QString("%1x%2").arg(m_size.width()).arg(m_size.height()),
                            "-r",
                            QString::number(m_spec.perSecond),
                            "-i",
                            "-"};
    m_ffmpeg.start("ffmpeg", input + codecOf(QFileInfo(m_spec.path).suffix().toLower()) + QStringList{partial()});
    ask();
}

void Animation::ask() {
    m_bridge.post(Seek{moment(m_done)});
}

/// The moment asked for is on the screen: one picture, and on to the next.
void Animation::arrived() {
    if (m_ended || m_done >= m_spec.frames || !m_bridge.settled() || !m_bridge.latest()) return;
    if (m_bridge.latest()->at != moment(m_done)) {
        const QString why = m_bridge.status().error;
        return end(why.isEmpty() ? "Somebody else has moved in time: the film was given up." : why);
    }
    if (m_ffmpeg.bytesToWrite() > waitingBytes) return;  // it comes back when some have been taken
    QImage image(m_size, QImage::Format_RGBA8888);
    image.fill(m_shown.palette().color(QPalette::Window));
    m_shown.render(&image);
    for (int y = 0; y < image.height(); ++y)
        m_ffmpeg.write(reinterpret_cast<const char*>(image.constScanLine(y)), qint64{4} * image.width());
    ++m_done;
    Q_EMIT progressed(static_cast<int>(m_done), static_cast<int>(m_spec.frames));
    if (m_ended) return;
    if (m_done < m_spec.frames) return ask();
    m_ffmpeg.closeWriteChannel();
}

void Animation::filmed() {
    if (m_ffmpeg.exitStatus() != QProcess::NormalExit || m_ffmpeg.exitCode() != 0) {
        const QString why = QString::fromUtf8(m_ffmpeg.readAllStandardError()).section('\n', 0, 0);
        return end(
            QString("%1: ffmpeg could not write it: %2.").arg(m_spec.path, why.isEmpty() ? "no reason given" : why));
    }
    QFile::remove(m_spec.path);
    if (!QFile::rename(partial(), m_spec.path)) return end(m_spec.path + ": the file could not be put there.");
    end({});
}

void Animation::cancel() {
    end("The film was given up.");
}

void Animation::end(const QString& problem) {
    if (std::exchange(m_ended, true)) return;
    if (m_ffmpeg.state() != QProcess::NotRunning) m_ffmpeg.kill();
    if (!problem.isEmpty()) QFile::remove(partial());
    Q_EMIT finished(problem);
}

}  // namespace mm::gui

// SPDX-License-Identifier: GPL-3.0-or-later
// The window's part in films and reports: what is asked first, progress, and giving up.
#include <QComboBox>
#include <QDialog>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QProgressDialog>
#include <QSpinBox>

#include "gui/format/format.h"
#include "gui/shell/animation.h"
#include "gui/shell/main_window.h"
#include "gui/shell/panels.h"
#include "gui/shell/report.h"
#include "gui/widgets/banner.h"

namespace mm::gui {
namespace {

struct Wish {
    QString view;  ///< "": the window
    AnimationSpec spec;
};

QSpinBox* number(int least, int most, int value) {
    auto* box = new QSpinBox;
    box->setRange(least, most);
    box->setValue(value);
    return box;
}

QDoubleSpinBox* moment(Position most, Position value) {
    auto* box = new QDoubleSpinBox;  // whole numbers beyond what an int holds
    box->setDecimals(0);
    box->setRange(0, static_cast<double>(most));
    box->setValue(static_cast<double>(value));
    return box;
}

std::optional<Wish> askForFilm(QWidget* parent, const Panels& panels, const QString& view, Position total) {
    QDialog dialog(parent);
    dialog.setWindowTitle("Animation of a stretch of time");
    auto* form = new QFormLayout(&dialog);
    auto* what = new QComboBox;
    what->addItem("The whole window", QString());
    for (const ViewInfo& info : allViews())
        if (panels.panel(info.id)) what->addItem(QString::fromUtf8(info.title), QString::fromLatin1(info.id));
    what->setCurrentIndex(std::max(0, what->findData(view)));
    auto *from = moment(total, 0), *to = moment(total, total);
    auto *frames = number(2, 5000, 120), *perSecond = number(1, 60, 12);
    form->addRow("Of", what);
    form->addRow("From event", from);
    form->addRow("To event", to);
    form->addRow("Pictures", frames);
    form->addRow("A second", perSecond);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    QObject::connect(buttons, &QDialogButtonBox::accepted, &dialog, &QDialog::accept);
    QObject::connect(buttons, &QDialogButtonBox::rejected, &dialog, &QDialog::reject);
    form->addRow(buttons);
    if (dialog.exec() != QDialog::Accepted) return {};
    return Wish{what->currentData().toString(),
                {{},
                 static_cast<Position>(from->value()),
                 static_cast<Position>(to->value()),
                 static_cast<unsigned>(frames->value()),
                 static_cast<unsigned>(perSecond->value())}};
}

/// The name of a file to be written, with the suffix of the filter chosen.
QString askForName(QWidget* parent, const QString& title, const QString& suggested, const QString& filters) {
    QString filter;
    QString path = QFileDialog::getSaveFileName(parent, title, suggested, filters, &filter);
    if (!path.isEmpty() && QFileInfo(path).suffix().isEmpty()) path += '.' + filter.section(' ', 0, 0).toLower();
    return path;
}

}  // namespace

void MainWindow::connectFilms() {
    connect(m_actions.saveAnimation, &QAction::triggered, this, &MainWindow::saveAnimation);
    connect(m_actions.saveReport, &QAction::triggered, this, &MainWindow::saveReportAs);
}

void MainWindow::saveAnimation() {
    const SnapshotPtr now = m_bridge.latest();
    if (!now) return m_banner->showError("There is nothing to film: open a kernel log first (Ctrl+O).");
    const View* focused = m_panels->focusedView();
    auto wish = askForFilm(this, *m_panels, focused ? focused->objectName() : QString(), now->total);
    if (!wish) return;
    wish->spec.path =
        askForName(this, "Save the animation", text(now->machine->name), "GIF (*.gif);;MP4 (*.mp4);;WebM (*.webm)");
    if (wish->spec.path.isEmpty()) return;
    film(wish->spec, wish->view);
}

void MainWindow::film(const AnimationSpec& spec, const QString& view) {
    if (!view.isEmpty()) m_panels->reveal(view);
    QWidget& shown = view.isEmpty() ? static_cast<QWidget&>(*this) : *m_panels->panel(view);
    auto* film = new Animation(spec, m_bridge, shown, this);
    // Not modal: it would be in the picture's way, and the window has to go on drawing.
    auto* progress = new QProgressDialog("Taking pictures…", "Give up", 0, static_cast<int>(spec.frames), this);
    progress->setWindowTitle("Animation");
    progress->setMinimumDuration(500);
    connect(film, &Animation::progressed, progress, [progress](int done, int) { progress->setValue(done); });
    connect(progress, &QProgressDialog::canceled, film, &Animation::cancel);
    connect(film, &Animation::finished, this, [this, film, progress](const QString& problem) {
        progress->deleteLater();
        film->deleteLater();
        if (!problem.isEmpty()) m_banner->showError(problem);
    });
    film->start();
}

void MainWindow::saveReportAs() {
    const SnapshotPtr now = m_bridge.latest();
    if (!now) return m_banner->showError("There is nothing to report: open a kernel log first (Ctrl+O).");
    const QString path = askForName(this, "Save a report", text(now->machine->name), "HTML (*.html);;PDF (*.pdf)");
    if (path.isEmpty()) return;
    QProgressDialog progress("Drawing…", "Give up", 0, 1, this);
    progress.setWindowTitle("Report");
    progress.setWindowModality(Qt::WindowModal);
    progress.setMinimumDuration(500);
    const QString problem =
        mm::gui::saveReport(path, m_state, now, m_bridge.comparison(), [&progress](int done, int of) {
            progress.setMaximum(of);
            progress.setValue(done);
            return !progress.wasCanceled();
        });
    if (!problem.isEmpty()) m_banner->showError(problem);
}

}  // namespace mm::gui

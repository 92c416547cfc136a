// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/shell/report.h"

#include <QAbstractTextDocumentLayout>
#include <QApplication>
#include <QBuffer>
#include <QDateTime>
#include <QFileInfo>
#include <QPainter>
#include <QPdfWriter>
#include <QSaveFile>
#include <QTextDocument>

#include "gui/format/format.h"
#include "gui/format/machine_facts.h"
#include "gui/shell/export.h"
#include "gui/views/registry.h"
#include "gui/widgets/panel.h"

namespace mm::gui {
namespace {

constexpr std::size_t mostRows = 60;  ///< of a table; the rest is counted
constexpr double sharpness = 2;       ///< pixels of a picture for one on the page

/// What a view looks like on paper, and how wide it wants to be.
struct Picture {
    const char* view;
    QSize size;
};
/// In the order of reading: what memory is, what is free, how it became so. Views without a line here are not drawn.
constexpr Picture pictures[]{
    {"physmap", {960, 300}}, {"heatmap", {960, 480}}, {"zones", {460, 420}},
    {"buddy", {960, 480}},   {"numa", {960, 360}},    {"fragmentation", {960, 460}},
    {"plots", {960, 260}},   {"layout", {960, 420}},  {"compare-maps", {960, 420}},
};

QString escaped(const QString& words) {
    return words.toHtmlEscaped();
}

QString tableHtml(const Table& table) {
    if (table.empty() || table.rows.empty()) return {};
    QString html = "<table border=\"0\" cellspacing=\"0\" cellpadding=\"3\"><tr>";
    for (const QString& column : table.columns)
        html += "<th align=\"left\">" + escaped(column) + "</th>";
    html += "</tr>\n";
    for (std::size_t i = 0; i < std::min(mostRows, table.rows.size()); ++i) {
        html += "<tr>";
        for (const QString& cell : table.rows[i])
            html += "<td>" + escaped(cell) + "</td>";
        html += "</tr>\n";
    }
    html += "</table>\n";
    if (table.rows.size() > mostRows)
        html += QString("<p class=\"more\">… and %1 more rows: export the view as CSV for all of them.</p>\n")
                    .arg(number(table.rows.size() - mostRows));
    return html;
}

QString pictureHtml(QWidget& widget, const QString& words) {
    QImage image(widget.size() * sharpness, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(sharpness);
    image.fill(Qt::transparent);
    widget.render(&image);
    image.setDevicePixelRatio(1);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return QString("<p><img width=\"%1\" alt=\"%2\" src=\"data:image/png;base64,%3\"></p>\n")
        .arg(widget.width())
        .arg(escaped(words), QString::fromLatin1(bytes.toBase64()));
}

class Report {
public:
    Report(ViewState& state, const SnapshotPtr& snapshot, const ComparisonPtr& comparison)
        : m_state(state), m_snapshot(snapshot), m_comparison(comparison) {
        m_page.setAttribute(Qt::WA_DontShowOnScreen);
        m_page.resize(960, 600);
        m_page.show();  // views that are not visible draw nothing
    }

    QString head() const {
        const Snapshot& s = *m_snapshot;
        QString html = "<h1>" + escaped(text(s.machine->name)) + "</h1>\n<p>" +
                       escaped(machineFacts(*s.machine, s.profile)) + "<br>" + escaped(text(s.machine->banner)) +
                       "</p>\n";
        const int stage = s.stage;
        html +=
            QString("<p>Event %1 of %2%3.</p>\n")
                .arg(number(s.at), number(s.total),
                     stage < 0 ? QString() : ", after " + escaped(text(s.history.stages()[std::size_t(stage)].name)));
        for (const std::string& note : s.machine->notes)
            html += "<p>Assumed: " + escaped(text(note)) + "</p>\n";
        return html;
    }

    QString notes() const {
        const std::vector<Note>& all = m_state.notes().all();
        if (all.empty()) return {};
        Table table{{"event", "frames", "note"}, {}};
        for (const Note& note : all)
            table.rows.push_back({number(note.at), pfnText(note.frames), note.words});
        return "<h2>Notes</h2>\n" + tableHtml(table);
    }

    QString view(const ViewInfo& info, QSize size) {
        View* view = info.make({m_theme, m_state}, nullptr);
        view->setObjectName(info.id);
        const std::unique_ptr<QWidget> panel(makePanel(view, QString::fromUtf8(info.title), m_theme, &m_page));
        panel->setFont(m_theme.body());
        panel->resize(size);
        panel->show();
        view->setComparison(m_comparison);
        view->setSnapshot(m_snapshot);
        for (int round = 0; round < 3; ++round)  // layouts settle; text that wraps needs a second round
            QApplication::processEvents(QEventLoop::ExcludeUserInputEvents);
        return "<h2>" + escaped(QString::fromUtf8(info.title)) + "</h2>\n" + pictureHtml(*panel, info.title) +
               tableHtml(tableOfView(*view));
    }

    QString log() const {
        const std::size_t lines = m_snapshot->history.log_lines_at(m_snapshot->at);
        if (lines == 0) return {};
        QString html = "<h2>Kernel log</h2>\n<pre>";
        for (std::size_t i = 0; i < lines; ++i)
            html += escaped(text(m_snapshot->history.log_line(i).text)) + '\n';
        return html + "</pre>\n";
    }

private:
    Theme m_theme;  ///< light, at 100 %
    QWidget m_page;
    ViewState& m_state;
    SnapshotPtr m_snapshot;
    ComparisonPtr m_comparison;
};

QString page(const Theme& theme, const QString& title, const QString& body) {
    const Tokens& ink = theme.tokens();
    return QString(
               "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>%1</title>\n<style>\n"
               "body { font-family: sans-serif; font-size: 13px; color: %2; background: %3; max-width: 1000px; "
               "margin: 24px auto; }\n"
               "h1 { font-size: 22px; } h2 { font-size: 15px; margin-top: 28px; }\n"
               "img { max-width: 100%; } table { font-size: 11px; }\n"
               "th { color: %4; border-bottom: 1px solid %5; } td, pre { font-family: monospace; }\n"
               "pre { font-size: 10px; white-space: pre-wrap; } .more { color: %4; }\n"
               "</style></head><body>\n%6\n<p class=\"more\">Written by mmscope.</p>\n</body></html>\n")
        .arg(escaped(title), ink.text.name(), ink.panel.name(), ink.dim.name(), ink.line.name(), body);
}

QString writePdf(const QString& path, const QString& html) {
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly)) return couldNot(path, file.errorString());
    QPdfWriter pdf(&file);
    pdf.setCreator("mmscope");
    pdf.setPageSize(QPageSize(QPageSize::A4));
    pdf.setPageMargins({15, 15, 15, 15}, QPageLayout::Millimeter);
    pdf.setResolution(144);
    QTextDocument document;
    document.documentLayout()->setPaintDevice(&pdf);
    document.setPageSize(QSizeF(pdf.width(), pdf.height()));
    document.setHtml(html);
    document.print(&pdf);
    return file.commit() ? QString() : couldNot(path, file.errorString());
}

}  // namespace

QString saveReport(const QString& path, ViewState& state, const SnapshotPtr& snapshot, const ComparisonPtr& comparison,
                   const ReportProgress& progress) {
    const QString suffix = QFileInfo(path).suffix().toLower();
    if (suffix != "html" && suffix != "pdf") return QString("%1: a report is written as .html or .pdf.").arg(path);
    if (!snapshot) return "There is nothing to report: open a kernel log first.";
    Report report(state, snapshot, comparison);
    QString body = report.head() + report.notes();
    const int steps = static_cast<int>(std::size(pictures)) + 1;
    int step = 0;
    for (const Picture& picture : pictures) {
        if (progress && !progress(step, steps)) return "The report was given up.";
        ++step;
        const ViewInfo* info = findView(picture.view);
        if (info && (comparison || !QString(picture.view).startsWith("compare")))
            body += report.view(*info, picture.size);
    }
    body += report.log();
    const QString html = page(Theme(), text(snapshot->machine->name), body);
    if (suffix == "pdf") return writePdf(path, html);
    return writeText(path, html);
}

}  // namespace mm::gui

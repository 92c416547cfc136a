// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/shell/export.h"

#include <QAbstractItemView>
#include <QFileInfo>
#include <QPainter>
#include <QPdfWriter>
#include <QSaveFile>
#include <QSvgGenerator>

#include "gui/views/view.h"

namespace mm::gui {
namespace {

constexpr double pictureScale = 2;  ///< of a PNG: for slides and paper

QString suffixOf(const QString& path) {
    return QFileInfo(path).suffix().toLower();
}

/// QSvgGenerator and QPdfWriter do not tell when a file cannot be written.
QString writable(const QString& path) {
    QSaveFile probe(path);
    return probe.open(QIODevice::WriteOnly) ? QString() : couldNot(path, probe.errorString());
}

QString savePng(QWidget& widget, const QString& path) {
    QImage image(widget.size() * pictureScale, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(pictureScale);
    image.fill(Qt::transparent);
    widget.render(&image);
    return image.save(path, "PNG") ? QString() : couldNot(path, writable(path).isEmpty() ? "no room" : "no access");
}

QString saveSvg(QWidget& widget, const QString& path) {
    if (const QString why = writable(path); !why.isEmpty()) return why;
    QSvgGenerator svg;
    svg.setFileName(path);
    svg.setSize(widget.size());
    svg.setResolution(96);  // a pixel of CSS
    svg.setViewBox(widget.rect());
    svg.setTitle(widget.windowTitle());
    QPainter painter(&svg);
    widget.render(&painter);
    return {};
}

QString savePdf(QWidget& widget, const QString& path) {
    if (const QString why = writable(path); !why.isEmpty()) return why;
    constexpr double perInch = 96;
    QPdfWriter pdf(path);
    pdf.setCreator("mmscope");
    pdf.setPageMargins({});
    pdf.setPageSize(QPageSize(QSizeF(widget.size()) / perInch, QPageSize::Inch));
    QPainter painter(&pdf);
    painter.scale(pdf.width() / double(widget.width()), pdf.height() / double(widget.height()));
    widget.render(&painter);
    return {};
}

/// The model of a list or table in the view; null: it has none.
const QAbstractItemModel* listOf(const View& view) {
    for (const QAbstractItemView* list : view.findChildren<QAbstractItemView*>()) {
        // Lists that drop out of boxes are none of the view's.
        const bool ofTheView = list->isVisibleTo(&view) && list->window() == view.window();
        if (ofTheView && list->model() && list->model()->rowCount() > 0) return list->model();
    }
    return nullptr;
}

}  // namespace

QString couldNot(const QString& path, const QString& why) {
    return QString("%1: the file could not be written: %2.").arg(path, why);
}

QString writeText(const QString& path, const QString& text) {
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly)) return couldNot(path, file.errorString());
    file.write(text.toUtf8());
    return file.commit() ? QString() : couldNot(path, file.errorString());
}

Table tableOfView(const View& view) {
    if (view.hasTable()) return view.table();
    const QAbstractItemModel* model = listOf(view);
    return model ? tableOf(*model) : Table{};
}

QStringList exportFormats(const View& view) {
    QStringList formats{"png", "svg", "pdf"};
    if (view.hasTable() || listOf(view)) formats << "csv";
    if (!view.procName().isEmpty() || formats.contains("csv")) formats << "txt";
    return formats;
}

bool isExportFormat(const QString& suffix) {
    return QStringList{"png", "svg", "pdf", "csv", "txt"}.contains(suffix.toLower());
}

QString exportText(const View& view, const QString& format) {
    if (format == "txt" && !view.procName().isEmpty()) return view.procText();
    const Table table = tableOfView(view);
    if (table.empty()) return {};
    return format == "csv" ? asCsv(table) : asText(table);
}

QString savePicture(QWidget& widget, const QString& path) {
    const QString suffix = suffixOf(path);
    if (suffix == "svg") return saveSvg(widget, path);
    if (suffix == "pdf") return savePdf(widget, path);
    if (suffix == "png") return savePng(widget, path);
    return QString("%1: expected a name that ends in .png, .svg or .pdf.").arg(path);
}

QString saveView(QWidget& frame, const View& view, const QString& path) {
    const QString suffix = suffixOf(path);
    if (!exportFormats(view).contains(suffix))
        return QString("%1: %2 can be saved as %3.").arg(path, view.accessibleName(), exportFormats(view).join(", "));
    if (suffix == "csv" || suffix == "txt") return writeText(path, exportText(view, suffix));
    if (suffix == "pdf" && view.savePlotAsPdf(path)) return {};
    return savePicture(frame, path);
}

}  // namespace mm::gui

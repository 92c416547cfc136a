// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/table.h"

#include <QAbstractItemModel>
#include <algorithm>

#include "gui/format/format.h"

namespace mm::gui {
namespace {

QString plain(const QString& cell) {
    QString out = cell;
    return out.remove(QChar(thinSpace));
}

bool isNumber(const QString& cell) {
    return !cell.isEmpty() && std::all_of(cell.begin(), cell.end(), [](QChar c) {
        return c.isDigit() || c == QChar(thinSpace) || c == '.' || c == '-' || c == QChar(0x2212);
    });
}

QString csvCell(const QString& cell) {
    QString out = plain(cell);
    if (!out.contains(',') && !out.contains('"') && !out.contains('\n')) return out;
    return '"' + out.replace("\"", "\"\"") + '"';
}

QString csvRow(const QStringList& cells) {
    QStringList out;
    for (const QString& cell : cells)
        out.push_back(csvCell(cell));
    return out.join(',') + "\r\n";
}

}  // namespace

QString asCsv(const Table& table) {
    QString out = csvRow(table.columns);
    for (const QStringList& row : table.rows)
        out += csvRow(row);
    return out;
}

QString asText(const Table& table) {
    std::vector<int> widths(static_cast<std::size_t>(table.columns.size()));
    std::vector<bool> numbers(widths.size(), true);
    const auto measure = [&](const QStringList& row, bool head) {
        for (std::size_t i = 0; i < widths.size(); ++i) {
            const QString cell = row.value(static_cast<qsizetype>(i));
            widths[i] = std::max(widths[i], static_cast<int>(cell.size()));
            if (!head && !cell.isEmpty() && !isNumber(cell)) numbers[i] = false;
        }
    };
    measure(table.columns, true);
    for (const QStringList& row : table.rows)
        measure(row, false);
    QString out;
    const auto put = [&](const QStringList& row) {
        QString line;
        for (std::size_t i = 0; i < widths.size(); ++i) {
            const QString cell = row.value(static_cast<qsizetype>(i));
            line +=
                (i == 0 ? "" : "  ") + (numbers[i] ? cell.rightJustified(widths[i]) : cell.leftJustified(widths[i]));
        }
        while (line.endsWith(' '))
            line.chop(1);
        out += line + '\n';
    };
    put(table.columns);
    for (const QStringList& row : table.rows)
        put(row);
    return out;
}

Table tableOf(const QAbstractItemModel& model, const std::vector<int>& rows) {
    Table table;
    const int columns = model.columnCount();
    for (int c = 0; c < columns; ++c)
        table.columns.push_back(model.headerData(c, Qt::Horizontal).toString());
    const auto add = [&](int row) {
        QStringList cells;
        for (int c = 0; c < columns; ++c)
            cells.push_back(model.index(row, c).data().toString());
        table.rows.push_back(std::move(cells));
    };
    if (!rows.empty()) {
        for (const int row : rows)
            add(row);
    } else {
        for (int row = 0; row < model.rowCount(); ++row)
            add(row);
    }
    return table;
}

}  // namespace mm::gui

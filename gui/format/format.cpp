// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/format/format.h"

#include <cmath>

#include "engine/snapshot/describe.h"

namespace mm::gui {

QString text(std::string_view utf8) {
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

QString sentence(std::string_view words) {
    QString out = text(words);
    if (!out.isEmpty()) out[0] = out[0].toUpper();
    return out + QLatin1Char('.');
}

QString number(std::uint64_t value) {
    QString digits = QString::number(value);
    for (qsizetype i = digits.size() - 3; i > 0; i -= 3)
        digits.insert(i, QChar(thinSpace));
    return digits;
}

QString hex(std::uint64_t value) {
    return "0x" + QString::number(value, 16);
}

QString sizeText(Bytes bytes) {
    return text(size_text(bytes));
}

QString pagesAsSize(NrPages pages) {
    return sizeText(pages * page_size);
}

QString rangeText(PhysRange range) {
    return text(range_text(range));
}

QString pfnText(PfnRange range) {
    if (range.empty()) return {};
    const QString first = "pfn " + hex(range.start);
    return range.size() == 1 ? first : first + "-" + hex(range.end - 1);
}

QString percentText(std::uint64_t part, std::uint64_t whole) {
    if (whole == 0 || part == 0) return QStringLiteral("0 %");
    const double percent = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
    if (percent < 0.1) return QStringLiteral("< 0.1 %");
    return QString::number(percent, 'f', percent < 10 && std::abs(percent - std::round(percent)) > 0.05 ? 1 : 0) + " %";
}

}  // namespace mm::gui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/bench/measure.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>
#include <chrono>
#include <cmath>

namespace mm::gui {

QString measuresAsText(const Measures& measures) {
    QString out;
    for (const Measure& m : measures) {
        out += QString("%1 %2 %3").arg(m.name, -62).arg(m.value, 10, 'f', 2).arg(m.unit, -5);
        if (m.most) out += QString(" at most %1: %2").arg(*m.most).arg(m.met() ? "met" : "NOT MET");
        out += '\n';
    }
    return out;
}

QString measuresAsJson(const Measures& measures) {
    QJsonArray all;
    for (const Measure& m : measures) {
        QJsonObject one{{"name", m.name}, {"value", m.value}, {"unit", m.unit}};
        if (m.most) {
            one["most"] = *m.most;
            one["met"] = m.met();
        }
        all.append(one);
    }
    return QString::fromUtf8(QJsonDocument(all).toJson());
}

double timed(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

double quantile(std::vector<double> values, double share) {
    std::sort(values.begin(), values.end());
    const double at = std::ceil(share * static_cast<double>(values.size())) - 1;
    return values[static_cast<std::size_t>(std::clamp(at, 0.0, static_cast<double>(values.size() - 1)))];
}

}  // namespace mm::gui

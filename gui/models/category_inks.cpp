// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/category_inks.h"

namespace mm::gui {
namespace {

QRgb mixed(QRgb a, QRgb b, int percentOfA) {
    const auto mix = [&](int x, int y) { return (x * percentOfA + y * (100 - percentOfA)) / 100; };
    return qRgb(mix(qRed(a), qRed(b)), mix(qGreen(a), qGreen(b)), mix(qBlue(a), qBlue(b)));
}

}  // namespace

Inks inksFor(const Theme& theme, const ModeInfo& mode, std::uint32_t shown) {
    Inks inks{};
    const Tokens& t = theme.tokens();
    const QRgb panel = t.panel.rgb();
    for (unsigned c = 0; c < mode.categories; ++c) {
        CategoryInk& ink = inks[c];
        const QRgb reserved = theme.state(PageState::reserved).rgb();
        switch (c) {
            case categoryHole:
                ink = {t.hole.rgb(), t.holeHatch.rgb(), true};
                break;
            case categoryNotYet:
                ink = {mixed(theme.e820(E820Type::ram).rgb(), panel, 35), mixed(t.text.rgb(), panel, 25), true};
                break;
            case categoryClaimed:
                ink = {mixed(reserved, panel, 80), mixed(reserved, panel, 40), true};
                break;
            case categoryReserved:
                ink = {mixed(reserved, t.hole.rgb(), 50), 0, false};  // much of it, and quiet
                break;
            case categoryBoot:
                ink = {theme.state(PageState::boot).rgb(), 0, false};
                break;
            default:
                ink = {mode.ink(theme, static_cast<Category>(c)).rgb(), 0, false};
        }
        if ((shown >> c & 1u) != 0) continue;
        ink = {mixed(ink.fill, panel, 12), mixed(ink.stroke, panel, 12), false};
    }
    return inks;
}

}  // namespace mm::gui

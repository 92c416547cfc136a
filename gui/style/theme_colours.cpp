// SPDX-License-Identifier: GPL-3.0-or-later
// The colour tables of Theme: hue says what kind, lightness says in use or free, so that pictures survive grey print.
#include <QHash>
#include <algorithm>
#include <array>
#include <cmath>

#include "gui/style/theme.h"

namespace mm::gui {
namespace {

/// WCAG relative luminance.
double luminance(const QColor& colour) {
    const auto linear = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

struct InUseAndFree {
    QRgb inUse, freeLight, freeDark;
};
constexpr std::array<InUseAndFree, nr_migratetypes> migrateColours{{
    {0xffD55E00, 0xffF6D9C6, 0xff5A3218},
    {0xff3A8FCB, 0xffD3E8F6, 0xff20405A},
    {0xff009E73, 0xffC9EBE0, 0xff0F4537},
    {0xffB3539A, 0xffEFD6E8, 0xff4A2742},
    {0xffC8B400, 0xffF3EEC4, 0xff4B4514},
    {0xff6B7785, 0xffD9DEE4, 0xff363E47},
}};

constexpr std::array<QRgb, nr_zone_types> zoneColours{0xff8E7CC3, 0xff62A8A0, 0xff5B8DB8,
                                                      0xffC9A227, 0xffC26B7A, 0xff8A8F98};

constexpr std::array<QRgb, 8> nodeColours{0xff6B8CAA, 0xffA9825A, 0xff6FA27A, 0xffA5739B,
                                          0xff5FA3A8, 0xffB5726A, 0xff8B8AC0, 0xff9A9A5E};

/// viridis from dark to light, without its glaring ends: most of the memory is of the highest order, which must not
/// shout.
constexpr std::array<QRgb, 11> viridisLight{0xff440154, 0xff481a6c, 0xff472f7d, 0xff414487, 0xff39568c, 0xff31688e,
                                            0xff2a788e, 0xff23888e, 0xff1f988b, 0xff22a884, 0xff5cbf7a};
constexpr std::array<QRgb, 11> viridisDark{0xfffde725, 0xffd2e21b, 0xffa5db36, 0xff7ad151, 0xff54c568, 0xff35b779,
                                           0xff22a884, 0xff1f988b, 0xff23888e, 0xff2a788e, 0xff31688e};

constexpr std::array<QRgb, 8> ownerColours{0xff7C6BB5, 0xffC98B3A, 0xff5E9E8F, 0xffB96A8F,
                                           0xff6E8FB0, 0xff9AA34A, 0xffB5694F, 0xff8A7A6A};
constexpr std::array<QRgb, 7> otherOwnerColours{0xff4E9AB5, 0xffA387C2, 0xffB5A04F, 0xff6FA36B,
                                                0xffC27F86, 0xff5C7FB8, 0xff8FA3A0};

/// Those that nearly every boot has, so that they never share a colour, with each other or with others.
int wellKnownOwner(const QString& owner) {
    static constexpr std::array<const char*, 8> names{"kernel image", "initrd", "vmemmap", "hash",
                                                      "page table",   "percpu", "log",     "real mode"};
    for (std::size_t i = 0; i < names.size(); ++i)
        if (owner.contains(QLatin1String(names.at(i)), Qt::CaseInsensitive)) return static_cast<int>(i);
    return -1;
}

}  // namespace

void Theme::build() {
    m_tokens = m_dark ? Tokens{.background = 0x15191E,
                               .panel = 0x1C2229,
                               .line = 0x2C353F,
                               .text = 0xE6EBF0,
                               .dim = 0x93A1B0,
                               .faint = 0x7B8997,
                               .accent = 0x5AA9FF,
                               .accentWash = 0x1D3552,
                               .hole = 0x242B33,
                               .holeHatch = 0x3A4550,
                               .track = 0x242B33}
                      : Tokens{.background = 0xF4F6F8,
                               .panel = 0xFFFFFF,
                               .line = 0xDDE3E9,
                               .text = 0x1B2430,
                               .dim = 0x5B6876,
                               .faint = 0x697684,
                               .accent = 0x0B63CE,
                               .accentWash = 0xE3EEFB,
                               .hole = 0xE6EAEE,
                               .holeHatch = 0xBCC5CE,
                               .track = 0xEAEEF2};
}

Alarm Theme::alarm() const {
    if (m_dark) return {0x3A2023, 0x8C3A3F, 0xFFB4AE};
    return {0xFCE9E7, 0xE3A9A3, 0x8C1D18};
}

DifferenceInk Theme::difference() const {
    if (m_dark) return {0x3A2F17, 0xFFC46B};
    return {0xFFF1D6, 0x8A4B00};
}

QColor Theme::migrate(MigrateType type, bool free) const {
    const InUseAndFree& c = migrateColours.at(std::min<std::size_t>(static_cast<std::size_t>(type), 5));
    return QColor(!free ? c.inUse : m_dark ? c.freeDark : c.freeLight);
}

QColor Theme::migrateText(MigrateType type, bool free) const {
    return textOn(migrate(type, free));
}

QColor Theme::e820(E820Type type) const {
    switch (type) {
        case E820Type::none:
            return m_tokens.hole;
        case E820Type::ram:
            return QColor(0x44AA99);
        case E820Type::acpi:
            return QColor(0xDDCC77);
        case E820Type::nvs:
            return QColor(0xCC6677);
        case E820Type::unusable:
            return QColor(0x882255);
        case E820Type::pmem:
        case E820Type::pram:
            return QColor(0x5B4FA2);
        case E820Type::reserved_kern:
            return QColor(0x6F7D8B);
        case E820Type::soft_reserved:
            return QColor(0x7F93A8);
        case E820Type::reserved:
            break;
    }
    return QColor(0x98A4B0);
}

QColor Theme::zone(ZoneType type) const {
    return QColor(zoneColours.at(std::min<std::size_t>(static_cast<std::size_t>(type), nr_zone_types - 1)));
}

QColor Theme::node(Nid nid) const {
    return nid < 0 ? m_tokens.track : QColor(nodeColours.at(static_cast<std::size_t>(nid) % nodeColours.size()));
}

QColor Theme::order(unsigned order) const {
    const std::size_t i = std::min<std::size_t>(order, viridisLight.size() - 1);
    return QColor(m_dark ? viridisDark.at(i) : viridisLight.at(i));
}

QColor Theme::state(PageState state) const {
    switch (state) {
        case PageState::none:
            return m_tokens.hole;
        case PageState::reserved:
            return QColor(m_dark ? 0x8B84B5 : 0x7C74A8);
        case PageState::boot:
            return QColor(m_dark ? 0xB59B52 : 0xC4A95C);
        case PageState::free:
            return QColor(m_dark ? 0x24463F : 0xCFE9E1);
        case PageState::allocated:
            return QColor(m_dark ? 0x35A08C : 0x1F8674);
        case PageState::pcp:
            return QColor(m_dark ? 0x2C6F63 : 0x8FCDBD);
        case PageState::unknown:
            return m_tokens.track;
    }
    return m_tokens.hole;
}

QColor Theme::owner(const QString& owner) const {
    const int known = wellKnownOwner(owner);
    if (known >= 0) return QColor(ownerColours.at(static_cast<std::size_t>(known)));
    return QColor(otherOwnerColours.at(qHash(owner, 0) % otherOwnerColours.size()));
}

QColor Theme::textOn(const QColor& fill) const {
    const QColor ink(0x10161D), paper(Qt::white);
    const double l = luminance(fill);
    return (l + 0.05) / (luminance(ink) + 0.05) > 1.05 / (l + 0.05) ? ink : paper;
}

}  // namespace mm::gui

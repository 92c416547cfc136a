// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/flags_layout.h"

#include <bit>

namespace mm::gui {

QString FlagsField::name() const {
    switch (what) {
        case What::node:
            return QStringLiteral("node");
        case What::zone:
            return QStringLiteral("zone");
        case What::lastCpupid:
            return QStringLiteral("lastcpupid");
        case What::kasanTag:
            return QStringLiteral("KASAN tag");
        case What::generation:
            return QStringLiteral("gen");
        case What::tier:
            return QStringLiteral("tier");
        case What::unused:
            return QStringLiteral("unused");
        case What::flags:
            break;
    }
    return QStringLiteral("PG_ flags");
}

const FlagsField* FlagsLayout::field(FlagsField::What what) const {
    for (const FlagsField& f : fields)
        if (f.what == what) return &f;
    return nullptr;
}

const FlagsField* FlagsLayout::at(unsigned bit) const {
    for (const FlagsField& f : fields)
        if (bit >= f.first && bit <= f.last()) return &f;
    return nullptr;
}

QString FlagsLayout::bitsOf(FlagsField::What what) const {
    const FlagsField* f = field(what);
    if (!f) return {};
    return f->width == 1 ? QStringLiteral("bit %1").arg(f->first)
                         : QStringLiteral("bits %1\u2013%2").arg(f->first).arg(f->last());
}

std::uint64_t FlagsLayout::word(std::uint32_t flags, Nid nid, unsigned zone) const {
    std::uint64_t out = flags;
    if (const FlagsField* f = field(FlagsField::What::zone)) out |= std::uint64_t{zone} << f->first;
    if (const FlagsField* f = field(FlagsField::What::node)) out |= static_cast<std::uint64_t>(nid) << f->first;
    return out;
}

FlagsLayout flagsLayout(const KernelProfile& profile) {
    FlagsLayout layout;
    layout.bits = static_cast<unsigned>(profile.long_size) * 8;
    const PageFlagsLayout& widths = profile.page_flags;
    const unsigned zones = zoneNumber(profile, static_cast<ZoneType>(nr_zone_types));
    unsigned top = layout.bits;
    const auto put = [&](FlagsField::What what, unsigned width) {
        if (width == 0 || width > top) return;
        top -= width;
        layout.fields.push_back({what, top, width});
    };
    put(FlagsField::What::node, profile.numa ? profile.nodes_shift : 0);
    put(FlagsField::What::zone, static_cast<unsigned>(std::bit_width(zones - 1)));
    put(FlagsField::What::lastCpupid, widths.last_cpupid);
    put(FlagsField::What::kasanTag, widths.kasan_tag);
    put(FlagsField::What::generation, widths.lru_gen);
    put(FlagsField::What::tier, widths.lru_refs);
    put(FlagsField::What::unused, top > widths.flags ? top - widths.flags : 0);
    put(FlagsField::What::flags, top);
    return layout;
}

unsigned zoneNumber(const KernelProfile& profile, ZoneType type) {
    unsigned n = 0;
    for (std::size_t t = 0; t < static_cast<std::size_t>(type); ++t)
        n += has_zone(profile, static_cast<ZoneType>(t));
    return n;
}

}  // namespace mm::gui

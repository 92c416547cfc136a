// SPDX-License-Identifier: GPL-3.0-or-later
// Which bits of page->flags mean what on this kernel, from the top of the word downwards:
//
//      x86_64   [ node 10 ][ zone 3 ][ lastcpupid 21 ][ unused ][ PG_ flags ]
//      i386     [ zone 2 ][ unused ][ PG_ flags ]
//
// Follows include/linux/page-flags-layout.h, Linux 6.1; widths are the profile's.
#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "engine/mmzone/zone.h"

namespace mm::gui {

struct FlagsField {
    enum class What { node, zone, lastCpupid, kasanTag, generation, tier, unused, flags };
    What what{};
    unsigned first = 0, width = 0;  ///< lowest bit and how many
    unsigned last() const { return first + width - 1; }
    bool known() const { return what != What::lastCpupid; }  ///< else not modelled: hatched
    QString name() const;                                    ///< "zone"; "PG_ flags"
};

struct FlagsLayout {
    unsigned bits = 64;              ///< of the word
    std::vector<FlagsField> fields;  ///< from the top; none is empty

    const FlagsField* field(FlagsField::What what) const;  ///< null where this kernel has none
    const FlagsField* at(unsigned bit) const;
    /// "bits 51–53", "bit 30"; "" where this kernel has none.
    QString bitsOf(FlagsField::What what) const;
    std::uint64_t word(std::uint32_t flags, Nid nid, unsigned zone) const;
    friend bool operator==(const FlagsLayout& a, const FlagsLayout& b) {
        return a.bits == b.bits && a.fields.size() == b.fields.size() &&
               a.bitsOf(FlagsField::What::zone) == b.bitsOf(FlagsField::What::zone);
    }
};

FlagsLayout flagsLayout(const KernelProfile& profile);
/// enum zone_type of this kernel: zones it is built without have no number.
unsigned zoneNumber(const KernelProfile& profile, ZoneType type);

}  // namespace mm::gui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/shell/search.h"

#include "gui/format/format.h"

namespace mm::gui {
namespace {

/// Digits with or without 0x; hexadecimal where said so or where they cannot be decimal.
std::optional<std::uint64_t> parseFrame(QString digits) {
    bool ok = false;
    const int base = digits.startsWith("0x", Qt::CaseInsensitive) ? 16 : 10;
    std::uint64_t value = digits.toULongLong(&ok, base);
    if (!ok) value = digits.toULongLong(&ok, 16);
    return ok ? std::optional(value) : std::nullopt;
}

int stageLike(const QString& name, const std::vector<StageInfo>& stages) {
    const auto find = [&](auto&& matches) {
        for (std::size_t i = 0; i < stages.size(); ++i)
            if (matches(text(stages[i].name))) return static_cast<int>(i);
        return -1;
    };
    int found = find([&](const QString& s) { return s.compare(name, Qt::CaseInsensitive) == 0; });
    if (found < 0) found = find([&](const QString& s) { return s.startsWith(name, Qt::CaseInsensitive); });
    if (found < 0) found = find([&](const QString& s) { return s.contains(name, Qt::CaseInsensitive); });
    return found;
}

Pfn endOfMemory(const Snapshot& snapshot) {
    Pfn end = std::max(snapshot.pages.end_pfn(), snapshot.state.max_pfn);
    for (const E820Entry& entry : snapshot.machine->map)
        if (entry.start + entry.size > entry.start) end = std::max(end, pfn_up(entry.start + entry.size));
    return end;
}

}  // namespace

Found findPlace(const QString& what, const Snapshot& snapshot, QString* why) {
    const QString wanted = what.trimmed();
    if (wanted.isEmpty()) return {};
    std::optional<Pfn> pfn;
    bool ok = false;
    if (wanted.startsWith("pfn", Qt::CaseInsensitive))
        pfn = parseFrame(wanted.mid(3).trimmed());
    else if (wanted.startsWith("0x", Qt::CaseInsensitive)) {
        if (const PhysAddr address = wanted.toULongLong(&ok, 16); ok) pfn = pfn_down(address);
    } else if (const Pfn plain = wanted.toULongLong(&ok, 10); ok)
        pfn = plain;

    if (pfn) {
        if (*pfn < endOfMemory(snapshot)) return FoundFrame{*pfn};
        *why = QString("Frame %1 lies beyond this machine's memory: the last frame is %2.")
                   .arg(hex(*pfn), hex(endOfMemory(snapshot) - 1));
        return {};
    }
    if (const int stage = stageLike(wanted, snapshot.history.stages()); stage >= 0) return FoundStage{stage};
    *why = QString("\"%1\" is neither a frame (pfn 0x1a8c1), nor an address (0x1a8c1000), nor a boot stage (mem_init).")
               .arg(wanted);
    return {};
}

}  // namespace mm::gui

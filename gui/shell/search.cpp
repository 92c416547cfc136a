// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/shell/search.h"

#include <QElapsedTimer>

#include "engine/snapshot/describe.h"
#include "engine/snapshot/pfn_report.h"
#include "engine/snapshot/walk.h"
#include "gui/format/format.h"

namespace mm::gui {
namespace {

constexpr qint64 longestSearch = 60;  ///< milliseconds for the text of events: the window must not stand still

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

/// The frame whose struct page lies there.
std::optional<Pfn> frameOfStruct(const Snapshot& s, VirtAddr virt) {
    if (!s.profile || s.state.zones.memory.empty()) return {};
    // Ask the report of the first frame for the array's begin, and that of the frame counted from it whether it agrees.
    const auto structOf = [&](Pfn pfn) -> std::optional<VirtAddr> {
        for (const StructPageAt& at : pfn_report(s, pfn).struct_pages)
            if (at.used) return at.address;
        return {};
    };
    const Pfn first = s.state.zones.memory.front().frames.start;
    const auto begin = structOf(first);
    if (!begin || virt < *begin) return {};
    const Pfn pfn = first + (virt - *begin) / s.profile->struct_page_size;
    if (pfn >= s.pages.end_pfn()) return {};
    const auto at = structOf(pfn);
    return at && virt - *at < s.profile->struct_page_size ? std::optional(pfn) : std::nullopt;
}

void addAddress(std::vector<Found>& found, std::uint64_t address, const Snapshot& s) {
    const Pfn end = endOfMemory(s);
    if (pfn_down(address) < end)
        found.push_back(FoundFrame{pfn_down(address), QString("physical address %1").arg(hex(address))});
    if (!s.profile || !s.machine) return;
    if (const auto pfn = frameOfStruct(s, address))
        found.push_back(FoundFrame{*pfn, QString("struct page at %1").arg(hex(address))});
    std::optional<PhysAddr> behind = walk_report(s, address).phys;
    if (!behind) behind = virt_to_phys(layout_input_of(s), address);
    if (behind && pfn_down(*behind) < end)
        found.push_back(FoundFrame{pfn_down(*behind), QString("virtual address %1").arg(hex(address))});
}

/// "12:0x7ffe0000": an address of process 12.
bool addProcessAddress(std::vector<Found>& found, const QString& wanted, const Snapshot& s) {
    if (!s.machine || !s.profile || !wanted.contains(QLatin1Char(':'))) return false;
    const auto address = parse_address(s, wanted.toStdString());
    if (!address || address->pid == 0) return false;
    if (const auto phys = walk_report(s, *address).phys)
        found.push_back(
            FoundFrame{pfn_down(*phys), QString("address %1 of process %2").arg(hex(address->virt)).arg(address->pid)});
    return !found.empty();
}

void addLogLine(std::vector<Found>& found, const QString& words, const Snapshot& s) {
    const History& history = s.history;
    const std::size_t lines = history.log_size(), now = history.log_lines_at(s.at);
    for (std::size_t i = 0; i < lines; ++i) {
        const LogLine& line = history.log_line((now + i) % lines);
        const QString printed = text(line.text);
        if (!printed.contains(words, Qt::CaseInsensitive)) continue;
        found.push_back(FoundMoment{line.at + 1, printed, {}});
        return;
    }
}

/// False: it took too long and was given up.
bool addEvent(std::vector<Found>& found, const QString& words, const Snapshot& s) {
    QElapsedTimer time;
    time.start();
    const Position events = s.history.size();
    for (Position i = 0; i < events; ++i) {
        const Position which = (s.at + i) % events;
        const RecordedEvent event = s.history.event(which);
        const QString line = text(describe(event));
        if (event.event.kind != EventKind::stage && line.contains(words, Qt::CaseInsensitive)) {
            found.push_back(FoundMoment{which + 1, line, touched_pfns(event.event.touched)});
            return true;
        }
        if (i % 256 == 0 && time.elapsed() > longestSearch) return false;
    }
    return true;
}

}  // namespace

std::vector<Found> findPlaces(const QString& what, const Snapshot& snapshot, QString* why) {
    std::vector<Found> found;
    const QString wanted = what.trimmed();
    if (wanted.isEmpty()) return found;
    if (addProcessAddress(found, wanted, snapshot)) return found;
    const Pfn end = endOfMemory(snapshot);
    bool isNumber = false;
    if (wanted.startsWith("pfn", Qt::CaseInsensitive)) {
        const auto pfn = parseFrame(wanted.mid(3).trimmed());
        isNumber = pfn.has_value();
        if (pfn && *pfn < end) found.push_back(FoundFrame{*pfn, {}});
    } else if (wanted.startsWith("0x", Qt::CaseInsensitive)) {
        const std::uint64_t address = wanted.toULongLong(&isNumber, 16);
        if (isNumber) addAddress(found, address, snapshot);
    } else {
        const Pfn plain = wanted.toULongLong(&isNumber, 10);
        if (isNumber && plain < end) found.push_back(FoundFrame{plain, {}});
    }
    if (isNumber && !found.empty()) return found;
    if (isNumber) {
        *why = QString("%1 lies beyond this machine's memory (the last frame is %2), and nothing is mapped there.")
                   .arg(wanted, hex(end - 1));
        return found;
    }
    if (const int stage = stageLike(wanted, snapshot.history.stages()); stage >= 0) found.push_back(FoundStage{stage});
    addLogLine(found, wanted, snapshot);
    const bool all = addEvent(found, wanted, snapshot);
    if (found.empty())
        *why = QString(
                   "\"%1\" is neither a frame (pfn 0x1a8c1), nor an address (0x1a8c1000), nor in the name of a boot "
                   "stage (mem_init), nor in the log, nor in %2 event.")
                   .arg(wanted, all ? "any" : "a near");
    return found;
}

Found findPlace(const QString& what, const Snapshot& snapshot, QString* why) {
    const std::vector<Found> found = findPlaces(what, snapshot, why);
    return found.empty() ? Found{} : found.front();
}

QString inWords(const Found& found, const Snapshot& snapshot) {
    if (const auto* frame = std::get_if<FoundFrame>(&found)) {
        const QString words = QString("Go to pfn %1").arg(hex(frame->pfn));
        return frame->how.isEmpty() ? words : words + QString(", %1").arg(frame->how);
    }
    if (const auto* stage = std::get_if<FoundStage>(&found))
        return QString("Go to stage %1").arg(text(snapshot.history.stages()[std::size_t(stage->stage)].name));
    if (const auto* moment = std::get_if<FoundMoment>(&found))
        return QString("Go to event %1: %2").arg(number(moment->at), moment->line.simplified());
    return {};
}

}  // namespace mm::gui

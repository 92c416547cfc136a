// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/replay/task_names.h"

#include <algorithm>
#include <charconv>

namespace mm {

TaskNames task_names(std::string_view trace) {
    TaskNames names;
    std::string_view last;  // most lines are of the task before
    while (!trace.empty()) {
        const std::size_t end = std::min(trace.find('\n'), trace.size());
        const std::string_view line = trace.substr(0, end);
        trace.remove_prefix(std::min(end + 1, trace.size()));
        const std::size_t from = line.find(' ');
        if (from == std::string_view::npos) continue;
        const std::string_view task = line.substr(from + 1, line.find(' ', from + 1) - from - 1);
        if (task == last) continue;
        last = task;
        const std::size_t dash = task.rfind('-');
        std::uint32_t pid = 0;
        if (dash == std::string_view::npos) continue;
        const auto [stop, error] = std::from_chars(task.data() + dash + 1, task.data() + task.size(), pid);
        if (error == std::errc{} && stop == task.data() + task.size()) names.try_emplace(pid, task.substr(0, dash));
    }
    return names;
}

Moments recorded_moments(const std::vector<TraceEvent>& events, const TaskNames& names) {
    return [&events, &names](Position event) {
        const TraceEvent& e = events[event];
        return Moment{static_cast<double>(e.nanoseconds) / 1e9, task_text(e.pid, names)};
    };
}

std::string task_text(std::uint32_t pid, const TaskNames& names) {
    const auto it = names.find(pid);
    return (it == names.end() ? "?" : it->second) + "-" + std::to_string(pid);
}

}  // namespace mm

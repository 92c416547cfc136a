// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/action_log.h"

#include <fmt/format.h>

#include <cassert>

namespace mm {

std::string action_name(const Command& command) {
    std::string text = to_text(command);
    // "alloc_pages GFP_KERNEL order 3 node 0 cpu 0": where it ran is seldom what one means.
    for (const char* rest : {" node ", " cpu ", " policy "})
        if (const auto at = text.find(rest); at != std::string::npos) text.resize(at);
    const auto flags = text.find(" GFP_");
    if (flags != std::string::npos) text.erase(flags, std::min(text.find(' ', flags + 1), text.size()) - flags);
    return text;
}

void ActionLog::begin(std::string name) {
    m_name = std::move(name);
    m_open = true;
    m_begun = false;
}

void ActionLog::add(std::size_t index, const Command& command) {
    if (m_open && std::exchange(m_begun, true)) return;
    m_done.push_back({m_open ? m_name : action_name(command), index});
}

void ActionLog::cut(std::size_t commands) {
    while (!m_done.empty() && m_done.back().first >= commands) {
        m_done.pop_back();
        m_begun = false;
    }
    m_undone.clear();
}

void ActionLog::take_back(std::vector<Command> commands) {
    assert(!m_done.empty());
    m_undone.push_back({std::move(m_done.back().name), std::move(commands)});
    m_done.pop_back();
    m_open = false;
}

ActionLog::Undone ActionLog::take_undone() {
    assert(!m_undone.empty());
    Undone action = std::move(m_undone.back());
    m_undone.pop_back();
    return action;
}

}  // namespace mm

// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/action_log.h"

#include <fmt/format.h>

#include <cassert>
#include <utility>

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
    if (!m_open)
        m_firsts.push_back(index);
    else if (!std::exchange(m_begun, true))
        restore(m_name, index, command);
}

void ActionLog::restore(const std::string& name, std::size_t first, const Command& command) {
    if (!empty() && first <= last_first()) return;
    m_firsts.push_back(first);
    if (name != action_name(command)) m_names.insert_or_assign(first, name);
}

std::string ActionLog::name_of(std::size_t first, const Command& command) const {
    const auto name = m_names.find(first);
    return name == m_names.end() ? action_name(command) : name->second;
}

std::string ActionLog::last_name(const CommandAt& command_at) const {
    return empty() ? std::string() : name_of(last_first(), command_at(last_first()));
}

std::vector<ActionLog::Done> ActionLog::done(std::size_t from, const CommandAt& command_at) const {
    std::vector<Done> actions;
    actions.reserve(m_firsts.size());
    for (const std::size_t first : m_firsts)
        actions.push_back({name_of(first, command_at(first)), first - from});
    return actions;
}

void ActionLog::forget_after(std::size_t commands) {
    while (!empty() && last_first() >= commands) {
        m_firsts.pop_back();
        m_begun = false;
    }
    m_names.erase(m_names.lower_bound(commands), m_names.end());
}

void ActionLog::cut(std::size_t commands) {
    forget_after(commands);
    m_undone.clear();
}

void ActionLog::take_back(std::vector<Command> commands) {
    assert(!empty() && !commands.empty());
    std::string name = name_of(last_first(), commands.front());
    m_undone.push_back({std::move(name), std::move(commands)});
    m_names.erase(last_first());
    m_firsts.pop_back();
    m_open = false;
}

ActionLog::Undone ActionLog::take_undone() {
    assert(!m_undone.empty());
    Undone action = std::move(m_undone.back());
    m_undone.pop_back();
    return action;
}

}  // namespace mm

// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/branches.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace mm {

Command SharedCommands::operator[](std::size_t index) const {
    assert(index < m_size);
    const auto after = std::upper_bound(m_pieces.begin(), m_pieces.end(), index,
                                        [](std::size_t i, const Piece& piece) { return i < piece.before; });
    const Piece& piece = *std::prev(after);
    return (*piece.of)[piece.first + (index - piece.before)];
}

void SharedCommands::append(const Command& command) {
    // What stands behind the own end is somebody else's, or nobody's; at the end of all nobody else looks.
    if (!m_pieces.empty() && m_pieces.back().of.use_count() == 1) {
        const Piece& last = m_pieces.back();
        last.of->cut(last.first + last.size);
    }
    if (m_pieces.empty() || m_pieces.back().first + m_pieces.back().size != m_pieces.back().of->size())
        m_pieces.push_back({std::make_shared<CommandList>(), 0, 0, m_size});
    m_pieces.back().of->append(command);
    ++m_pieces.back().size;
    ++m_size;
}

void SharedCommands::cut(std::size_t size) {
    m_size = std::min(m_size, size);
    while (!m_pieces.empty() && m_pieces.back().before >= m_size)
        m_pieces.pop_back();
    if (!m_pieces.empty()) m_pieces.back().size = m_size - m_pieces.back().before;
}

std::size_t SharedCommands::shared_with(const SharedCommands& other) const {
    std::size_t shared = 0;
    for (std::size_t i = 0; i < std::min(m_pieces.size(), other.m_pieces.size()); ++i) {
        const Piece &a = m_pieces[i], &b = other.m_pieces[i];
        if (a.of != b.of || a.first != b.first) break;
        shared += std::min(a.size, b.size);
        if (a.size != b.size) break;
    }
    return shared;
}

std::size_t SharedCommands::common(const SharedCommands& other) const {
    std::size_t same = shared_with(other);
    while (same < std::min(m_size, other.m_size) && (*this)[same] == other[same])
        ++same;
    return same;
}

Bytes SharedCommands::bytes() const {
    Bytes bytes = 0;
    for (const Piece& piece : m_pieces)
        bytes += piece.of->bytes() / static_cast<Bytes>(piece.of.use_count());
    return bytes;
}

Bytes Branches::bytes() const {
    Bytes bytes = 0;
    for (const Branch& branch : m_all)
        bytes += branch.commands.bytes() + branch.actions.bytes();
    return bytes;
}

Branches::Branches() : m_all{{first_name, {}, {}, 0}} {}

std::vector<BranchInfo> Branches::infos() const {
    std::vector<BranchInfo> infos;
    for (std::size_t i = 0; i < m_all.size(); ++i)
        infos.push_back({m_all[i].name, m_all[i].commands.size(), m_all[i].commands.shared_with(current().commands),
                         i == m_current});
    return infos;
}

Outcome<std::size_t> Branches::find(const std::string& name) const {
    for (std::size_t i = 0; i < m_all.size(); ++i)
        if (m_all[i].name == name) return i;
    return Error{fmt::format("there is no branch \"{}\"", name)};
}

void Branches::keep(std::size_t size, const std::function<Command(std::size_t)>& command, const ActionLog& actions,
                    Position cursor) {
    Branch& own = m_all[m_current];
    own.commands.cut(size);
    for (std::size_t i = own.commands.size(); i < size; ++i)
        own.commands.append(command(i));
    set_left(m_current, actions, cursor);
}

void Branches::cut(std::size_t size) {
    m_all[m_current].commands.cut(size);
}

void Branches::set_left(std::size_t branch, ActionLog actions, Position cursor) {
    m_all[branch].actions = std::move(actions);
    m_all[branch].cursor = cursor;
}

std::string Branches::refusal(const std::string& name) const {
    if (name.empty()) return "a branch needs a name";
    if (name.find('\n') != std::string::npos) return "the name of a branch is one line";
    return find(name) ? fmt::format("there is a branch \"{}\" already", name) : std::string();
}

Outcome<std::size_t> Branches::add(const std::string& name, std::size_t from, std::size_t size) {
    if (auto why = refusal(name); !why.empty()) return Error{std::move(why)};
    assert(from < m_all.size());
    Branch branch = m_all[from];
    branch.name = name;
    branch.commands.cut(size);
    m_all.push_back(std::move(branch));
    return m_all.size() - 1;
}

std::vector<KeptBranch> Branches::others(std::size_t boot_commands) const {
    std::vector<KeptBranch> kept;
    std::vector<const Branch*> known{&current()};
    for (const Branch& branch : m_all) {
        if (&branch == known[0]) continue;
        KeptBranch out{branch.name, {}, 0, {}, {}, branch.cursor};
        for (const Branch* other : known) {
            const std::size_t shared = branch.commands.shared_with(other->commands);
            if (!out.like.empty() && shared <= out.shared) continue;
            out.like = other->name;
            out.shared = shared;
        }
        for (std::size_t i = out.shared; i < branch.commands.size(); ++i)
            out.own.push_back(branch.commands[i]);
        out.actions =
            branch.actions.done(boot_commands, [&](std::size_t i) { return branch.commands[i - boot_commands]; });
        kept.push_back(std::move(out));
        known.push_back(&branch);
    }
    return kept;
}

Outcome<Done> Branches::rename(const std::string& from, const std::string& to) {
    const auto found = find(from);
    if (!found) return found.error();
    if (from == to) return Done{};
    if (auto why = refusal(to); !why.empty()) return Error{std::move(why)};
    m_all[*found].name = to;
    return Done{};
}

Outcome<Done> Branches::drop(const std::string& name) {
    const auto found = find(name);
    if (!found) return found.error();
    if (*found == m_current)
        return Error{fmt::format("\"{}\" is the branch one is in: go to another one before it is dropped", name)};
    m_all.erase(m_all.begin() + static_cast<std::ptrdiff_t>(*found));
    m_current -= *found < m_current;
    return Done{};
}

Broken Branches::check() const {
    if (m_current >= m_all.size()) return "the current branch is not there";
    for (std::size_t i = 0; i < m_all.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (m_all[i].name == m_all[j].name) return fmt::format("two branches \"{}\"", m_all[i].name);
    return std::nullopt;
}

}  // namespace mm

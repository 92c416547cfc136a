// SPDX-License-Identifier: GPL-3.0-or-later
// A value for each page frame, of which copies share what neither has changed: 512 frames a piece, none where nothing
// was ever set.
//
//      frame     0 .. 511     512 .. 1023    1024 ..
//      pieces    [ shared ]   nothing        [ own copy ]
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "engine/types/shared.h"
#include "engine/types/units.h"

namespace mm {

template<class T>
class PageColumn {
public:
    static constexpr std::size_t piece_size = 512;
    using Piece = std::array<T, piece_size>;

    /// What was set there, or T().
    const T& operator[](Pfn p) const {
        static const T nothing{};
        const std::size_t i = p / piece_size;
        return i < m_pieces->size() && (*m_pieces)[i] ? (**(*m_pieces)[i])[p % piece_size] : nothing;
    }
    /// The value, to be changed.
    T& edit(Pfn p) {
        const std::size_t i = p / piece_size;
        auto& pieces = m_pieces.edit();
        if (i >= pieces.size()) pieces.resize(i + 1);
        if (!pieces[i]) pieces[i].emplace();
        return pieces[i]->edit()[p % piece_size];
    }
    /// Nothing is copied for a value that is there already.
    void set(Pfn p, T value) {
        if ((*this)[p] != value) edit(p) = std::move(value);
    }
    /// Frames of these go back to T(), and with them the pieces that they are all of.
    void reset(PfnRange frames) {
        for (Pfn p = frames.start; p < frames.end;) {
            const std::size_t i = p / piece_size;
            const Pfn end = std::min(Pfn{(i + 1) * piece_size}, frames.end);
            if (i >= m_pieces->size()) return;
            if (end - p < piece_size)
                for (; p < end; ++p)
                    set(p, T{});
            else if ((*m_pieces)[i])
                m_pieces.edit()[i].reset();
            p = end;
        }
    }
    /// Calls visit(frame, value) for each frame of the pieces there are, ascending.
    template<class Visit>
    void each(Visit visit) const {
        for (std::size_t i = 0; i < m_pieces->size(); ++i) {
            if (!(*m_pieces)[i]) continue;
            const Piece& piece = **(*m_pieces)[i];
            for (std::size_t k = 0; k < piece_size; ++k)
                visit(Pfn{i * piece_size + k}, piece[k]);
        }
    }

private:
    Shared<std::vector<std::optional<Shared<Piece>>>> m_pieces;
};

}  // namespace mm

// SPDX-License-Identifier: GPL-3.0-or-later
// Seeded randomness that is the same bit for bit on every machine and library: splitmix64 to seed, xoshiro256** to draw
// (Blackman and Vigna, public domain algorithm), and distributions of our own, because std::'s differ between
// libraries.
#pragma once

#include <array>
#include <cstdint>

namespace mm {

class Rng {
public:
    explicit constexpr Rng(std::uint64_t seed = 1) {
        for (auto& word : m_s) {
            seed += 0x9e3779b97f4a7c15u;
            std::uint64_t z = seed;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
            z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
            word = z ^ (z >> 31);
        }
    }

    constexpr std::uint64_t next() {
        const std::uint64_t result = rotl(m_s[1] * 5, 7) * 9, t = m_s[1] << 17;
        m_s[2] ^= m_s[0];
        m_s[3] ^= m_s[1];
        m_s[1] ^= m_s[2];
        m_s[0] ^= m_s[3];
        m_s[2] ^= t;
        m_s[3] = rotl(m_s[3], 45);
        return result;
    }
    /// Uniform in [0, n). REQUIRES: n > 0.
    constexpr std::uint64_t below(std::uint64_t n) { return next() % n; }
    /// True with probability per_mille / 1000.
    constexpr bool chance(unsigned per_mille) { return below(1000) < per_mille; }

    friend constexpr bool operator==(const Rng&, const Rng&) = default;

private:
    static constexpr std::uint64_t rotl(std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
    std::array<std::uint64_t, 4> m_s{};
};

}  // namespace mm

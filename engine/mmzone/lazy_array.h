// SPDX-License-Identifier: GPL-3.0-or-later
// An array of trivially copyable T in anonymous virtual memory: all zero, and memory is spent only on the 4 KiB pieces
// that were written. Lets per-frame columns of a 16 TiB machine exist on a laptop. Movable, not copyable.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

namespace mm {

/// nullptr for 0 bytes; aborts when the address space is exhausted.
void* reserve_zeroed(std::size_t bytes);
void release_zeroed(void* p, std::size_t bytes);

template<class T>
class LazyArray {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    LazyArray() = default;
    explicit LazyArray(std::size_t n) : m_data(static_cast<T*>(reserve_zeroed(n * sizeof(T)))), m_size(n) {}
    LazyArray(LazyArray&& o) noexcept : m_data(std::exchange(o.m_data, nullptr)), m_size(std::exchange(o.m_size, 0)) {}
    LazyArray& operator=(LazyArray&& o) noexcept {
        std::swap(m_data, o.m_data);
        std::swap(m_size, o.m_size);
        return *this;
    }
    ~LazyArray() { release_zeroed(m_data, m_size * sizeof(T)); }

    std::size_t size() const { return m_size; }
    T& operator[](std::size_t i) { return m_data[i]; }
    const T& operator[](std::size_t i) const { return m_data[i]; }
    T* data() { return m_data; }
    const T* data() const { return m_data; }

private:
    T* m_data = nullptr;
    std::size_t m_size = 0;
};

}  // namespace mm

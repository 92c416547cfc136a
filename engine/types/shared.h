// SPDX-License-Identifier: GPL-3.0-or-later
// A value that its copies share until one of them is changed: what large parts of a machine's state are kept in, so
// that a keyframe or a picture after each stage costs what the stage changed.
//
//      a ──► [users 2 | value] ◄── b         b.edit()         a ──► [1 | value]     b ──► [1 | copy]
//
// Copies may live in different threads; one copy may not be used from two at once.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>
#include <vector>

namespace mm {

template<class T>
class Shared {
public:
    Shared() : Shared(T{}) {}
    explicit Shared(T value) : m_box(new Box{std::move(value)}) {}
    Shared(const Shared& o) : m_box(o.m_box) { m_box->users.fetch_add(1, std::memory_order_relaxed); }
    Shared& operator=(const Shared& o) {
        Shared copy(o);
        std::swap(m_box, copy.m_box);
        return *this;
    }
    ~Shared() {
        if (m_box->users.fetch_sub(1, std::memory_order_acq_rel) == 1) delete m_box;
    }

    const T& operator*() const { return m_box->value; }
    const T* operator->() const { return &m_box->value; }
    /// The value, to be changed: nobody else has it from here on.
    T& edit() {
        if (m_box->users.load(std::memory_order_acquire) > 1) *this = Shared(m_box->value);
        return m_box->value;
    }
    bool same_as(const Shared& o) const { return m_box == o.m_box; }
    friend bool operator==(const Shared& a, const Shared& b) { return a.same_as(b) || *a == *b; }

private:
    struct Box {
        T value;
        std::atomic<std::size_t> users{1};
    };
    Box* m_box;
};

/// A vector that copies share until one of them is changed. Reads as a vector does.
template<class T>
class SharedVector {
public:
    SharedVector() = default;
    SharedVector(std::vector<T> values) : m_values(std::move(values)) {}

    const std::vector<T>& get() const { return *m_values; }
    std::size_t size() const { return m_values->size(); }
    bool empty() const { return m_values->empty(); }
    const T& operator[](std::size_t i) const { return (*m_values)[i]; }
    auto begin() const { return m_values->begin(); }
    auto end() const { return m_values->end(); }

    std::vector<T>& edit() { return m_values.edit(); }
    void assign(std::size_t n, const T& value) { m_values = Shared(std::vector<T>(n, value)); }
    void set(std::size_t i, const T& value) { m_values.edit()[i] = value; }
    bool same_as(const SharedVector& o) const { return m_values.same_as(o.m_values); }
    friend bool operator==(const SharedVector&, const SharedVector&) = default;

private:
    Shared<std::vector<T>> m_values;
};

}  // namespace mm

// SPDX-License-Identifier: GPL-3.0-or-later
// memblock as boot code calls it: each call names the kernel function that makes it, is printed as memblock=debug
// does, and is a real kernel's own call where a log tells those (Machine::memblock_calls, the script).
//
//      script      A alloc   B reserve   A alloc   C alloc
//      the engine  A alloc               A alloc            D alloc          its stages, in boot order
//      served      A         B           A         C(end)   D
//
// A call looks ahead for the next scripted one of its kind, caller (any of "a|b": one of them, as inlining has it) and
// way of asking; a reservation or a freeing also matches by its range. Those before it are served first, their claims
// named after their caller; then the call takes the scripted size, alignment, node and bounds. No such call left: the
// kernel made it unlogged, or the log ends early, and it is served as it stands. serve_rest() before memblock retires.
//
// Made anew for each stage; how far the script is served is the machine's state (MachineState::memblock_served).
// Follows mm/memblock.c, Linux 6.1: memblock_dbg() and memblock_alloc_internal().
#pragma once

#include <span>

#include "engine/firmware/memblock_call.h"
#include "engine/memblock/memblock.h"
#include "engine/profile/kernel_build.h"

namespace mm {

class BootMemblock {
public:
    /// Silent and without a script, as before the command line is parsed.
    explicit BootMemblock(Memblock& memblock, Tracer trace = {}) : m_memblock(memblock), m_trace(trace) {}
    /// memblock=debug. served: how many of the script's calls are; REQUIRES: build and served outlive this.
    BootMemblock(Memblock& memblock, Tracer trace, const KernelBuild& build, std::span<const MemblockCall> script,
                 std::size_t& served)
        : m_memblock(memblock), m_trace(trace), m_build(&build), m_script(script), m_served(&served) {}

    /// The lists, for questions and for changes that no one logs.
    Memblock& lists() const { return m_memblock; }
    const Tracer& trace() const { return m_trace; }

    /// 0 if nothing fits. request.caller and request.api say who asks and how; exact_nid follows from the api.
    PhysAddr alloc(const MemblockRequest& request) const;
    void add(PhysRange range, std::string_view caller) const;
    void reserve(PhysRange range, std::string_view owner, std::string_view caller) const;
    void phys_free(PhysRange range, std::string_view caller) const;
    void remove(PhysRange range, std::string_view caller) const;
    /// memblock_remove(start, ULLONG_MAX): all from there on.
    void remove_from(PhysAddr start, std::string_view caller) const;
    /// The script's calls that no stage made; once, before memblock gives its memory to the page allocator.
    void serve_rest() const;
    /// memblock_dump_all().
    void dump_all() const;

private:
    const MemblockCall* take(MemblockCallKind kind, MemblockApi api, std::string_view caller, PhysRange range) const;
    void serve_until(std::size_t end) const;
    void serve(const MemblockCall& call) const;
    PhysAddr answer(const MemblockRequest& request) const;
    void print_range(std::string_view what, PhysRange range, const MemblockCall* call, std::string_view caller) const;

    Memblock& m_memblock;
    Tracer m_trace;
    const KernelBuild* m_build = nullptr;  ///< null: nothing is printed
    std::span<const MemblockCall> m_script;
    std::size_t* m_served = nullptr;
};

}  // namespace mm

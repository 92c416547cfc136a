// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/system.h"

#include <fmt/format.h>

#include "engine/sim/boot.h"

namespace mm {

System::System(std::shared_ptr<const Machine> machine, const KernelProfile& profile)
    : m_machine(std::move(machine)), m_profile(&profile) {}

Outcome<CommandResult> System::execute(const Command& command, EventSink* sink) {
    return std::visit([&](const auto& c) { return run(c, sink); }, command);
}

Outcome<CommandResult> System::run(const RunStage& c, EventSink* sink) {
    if (!is_leaf_stage(m_profile->arch, c.stage))
        return Error{fmt::format("stage {} of the boot does no work of its own", c.stage)};
    BootContext context{*m_machine, *m_profile, m_state, m_pages, Tracer(sink)};
    run_stage(context, c.stage);
    return CommandResult{};
}

Outcome<CommandResult> System::run(const AllocPages& c, EventSink* sink) {
    if (c.request.order >= m_profile->max_order)
        return Error{fmt::format("order {} was asked for; Linux {} has orders 0 to {}", c.request.order,
                                 m_profile->name, m_profile->max_order - 1)};
    if (!m_state.zones.node(c.request.nid))
        return Error{fmt::format("node {} was asked for; this machine does not have it online", c.request.nid)};
    const auto pfn =
        PageAllocator(m_state.zones, m_pages, m_state.stats, *m_profile).alloc_pages(c.request, Tracer(sink));
    return CommandResult{pfn.value_or(no_pfn)};
}

Outcome<CommandResult> System::run(const FreePages& c, EventSink* sink) {
    if (c.pfn >= m_pages.end_pfn())
        return Error{
            fmt::format("pfn {:#x} was to be freed; the last one here is {:#x}", c.pfn, m_pages.end_pfn() - 1)};
    const auto done =
        PageAllocator(m_state.zones, m_pages, m_state.stats, *m_profile).free_pages(c.pfn, c.order, Tracer(sink));
    if (!done) return done.error();
    return CommandResult{};
}

void System::restore(const Keyframe& keyframe) {
    m_state = keyframe.state;
    if (m_pages.end_pfn() != keyframe.pages.end_pfn()) m_pages = PageColumns(keyframe.pages.end_pfn());
    m_pages.restore(keyframe.pages);
}

Broken System::check() const {
    if (auto b = m_state.memblock.check()) return "memblock: " + *b;
    if (auto b = m_state.direct_map.tables.check()) return "page tables: " + *b;
    if (!m_state.totalram_pages) return std::nullopt;
    if (auto b = check_free_lists(m_state.zones, m_pages, *m_profile)) return "page allocator: " + *b;
    return std::nullopt;
}

}  // namespace mm

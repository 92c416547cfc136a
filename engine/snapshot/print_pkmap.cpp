// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/highmem/pkmap_text.h"
#include "engine/kstack/task_stacks.h"
#include "engine/percpu/percpu.h"
#include "engine/snapshot/proc_format.h"

namespace mm {

std::string print_pkmap(const Snapshot& s) {
    return print_pkmap(s.state.highmem);
}

std::string print_percpu(const Snapshot& s) {
    return print_percpu_stats(s.state.percpu);
}

std::string print_tasks(const Snapshot& s) {
    return print_tasks(s.state.kstack);
}

}  // namespace mm

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/registry.h"

#include <QString>
#include <vector>

#include "gui/views/buddy/buddy_view.h"
#include "gui/views/cache/cache_view.h"
#include "gui/views/compare/compare_maps_view.h"
#include "gui/views/compare/compare_view.h"
#include "gui/views/compare/compare_zones_view.h"
#include "gui/views/events/events_view.h"
#include "gui/views/experiment/experiment_view.h"
#include "gui/views/fragmentation/fragmentation_view.h"
#include "gui/views/heatmap/heatmap_view.h"
#include "gui/views/hierarchy/hierarchy_view.h"
#include "gui/views/highmem/highmem_view.h"
#include "gui/views/kstack/kstack_view.h"
#include "gui/views/layout/layout_view.h"
#include "gui/views/log/log_view.h"
#include "gui/views/moments/moments_view.h"
#include "gui/views/notes/notes_view.h"
#include "gui/views/numa/numa_view.h"
#include "gui/views/page/page_view.h"
#include "gui/views/percpu/percpu_view.h"
#include "gui/views/physmap/physmap_view.h"
#include "gui/views/processes/processes_view.h"
#include "gui/views/reclaim/reclaim_view.h"
#include "gui/views/slab/slab_view.h"
#include "gui/views/stages/card_view.h"
#include "gui/views/stages/stages_view.h"
#include "gui/views/timeplot/timeplot_view.h"
#include "gui/views/vmalloc/vmalloc_view.h"
#include "gui/views/walk/walk_view.h"
#include "gui/views/why/why_view.h"
#include "gui/views/zones/zones_view.h"

namespace mm::gui {
namespace {

template<class V>
View* make(const ViewContext& context, QWidget* parent) {
    return new V(context, parent);
}

}  // namespace

std::span<const ViewInfo> allViews() {
    static const std::vector<ViewInfo> views{
        {"physmap", "Physical address map", make<PhysmapView>},
        {"zones", "Zones and free lists", make<ZonesView>},
        {"buddy", "Buddy lists", make<BuddyView>},
        {"slab", "Slab caches", make<SlabView>},
        {"vmalloc", "vmalloc", make<VmallocView>},
        {"percpu", "Per-CPU areas", make<PercpuView>},
        {"kstack", "Kernel stacks", make<KstackView>},
        {"highmem", "High memory", make<HighmemView>},
        {"hierarchy", "Hierarchy", make<HierarchyView>},
        {"processes", "Processes", make<ProcessesView>},
        {"cache", "Page cache and swap", make<CacheView>},
        {"reclaim", "Reclaim", make<ReclaimView>},
        {"numa", "NUMA", make<NumaView>},
        {"fragmentation", "Fragmentation", make<FragmentationView>},
        {"plots", "Time", make<TimeplotView>},
        {"stages", "Stages", make<StagesView>},
        {"card", "What happens here", make<CardView>},
        {"why", "Why this allocation", make<WhyView>},
        {"experiment", "Experiment", make<ExperimentView>},
        {"log", "Kernel log", make<LogView>},
        {"events", "Events", make<EventsView>},
        {"notes", "Notes", make<NotesView>},
        {"heatmap", "Page frames", make<HeatmapView>},
        {"page", "struct page", make<PageView>},
        {"compare", "Real and computed log", make<CompareView>},
        {"compare-zones", "Real and computed zones", make<CompareZonesView>},
        {"compare-maps", "Real and computed maps", make<CompareMapsView>},
        {"compare-moments", "Two moments", make<MomentsView>},
        {"layout", "Virtual layout", make<LayoutView>},
        {"walk", "Page-table walk", make<WalkView>},
    };
    return views;
}

const ViewInfo* findView(const QString& id) {
    for (const ViewInfo& view : allViews())
        if (id == QLatin1String(view.id)) return &view;
    return nullptr;
}

}  // namespace mm::gui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/registry.h"

#include <QString>
#include <vector>

namespace mm::gui {
namespace {

template<class V>
[[maybe_unused]] View* make(const ViewContext& context, QWidget* parent) {
    return new V(context, parent);
}

}  // namespace

std::span<const ViewInfo> allViews() {
    static const std::vector<ViewInfo> views{
        // {"physmap", "Physical address map", make<PhysmapView>},
    };
    return views;
}

const ViewInfo* findView(const QString& id) {
    for (const ViewInfo& view : allViews())
        if (id == QLatin1String(view.id)) return &view;
    return nullptr;
}

}  // namespace mm::gui

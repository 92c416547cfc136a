// SPDX-License-Identifier: GPL-3.0-or-later
// All views: one line each in registry.cpp. Adding a view = one folder + one line there.
#pragma once

#include <memory>
#include <span>

#include "gui/views/view.h"

namespace mm::gui {

struct ViewInfo {
    const char* id;     ///< "physmap": --view, dock's object name
    const char* title;  ///< "Physical address map"
    View* (*make)(const ViewContext&, QWidget* parent);
};
std::span<const ViewInfo> allViews();
const ViewInfo* findView(const QString& id);

}  // namespace mm::gui

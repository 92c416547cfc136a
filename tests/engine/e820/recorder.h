// SPDX-License-Identifier: GPL-3.0-or-later
// A sink that keeps everything.
#pragma once

#include <string>
#include <vector>

#include "engine/types/trace.h"

namespace mm {

class Recorder : public EventSink {
public:
    void event(const Event& event, std::string_view text) override {
        kinds.push_back(event.kind);
        texts.emplace_back(text);
    }
    void printk(std::string line) override { lines.push_back(std::move(line)); }
    Tracer tracer() { return Tracer(this); }

    std::vector<EventKind> kinds;
    std::vector<std::string> texts, lines;
};

}  // namespace mm

// SPDX-License-Identifier: GPL-3.0-or-later
// Fragmentation of one zone, by order over time: unusable index, external fragmentation index, largest free block.
#pragma once

#include "gui/views/fragmentation/frag_canvas.h"
#include "gui/views/view.h"
#include "gui/widgets/zone_picker.h"

class QLabel;

namespace mm::gui {

class FragmentationView : public View {
    Q_OBJECT
public:
    explicit FragmentationView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    QWidget* titleWidget() override { return m_picker; }
    QString contextText() const override { return m_contextText; }
    Table table() const override;
    bool hasTable() const override { return true; }
    QString procName() const override { return QStringLiteral("/sys/kernel/debug/extfrag/unusable_index"); }
    QString procText() const override;
    FragCanvas& canvas() { return *m_canvas; }

private:
    void showZone();

    SnapshotPtr m_snapshot;
    const void* m_shownSamples = nullptr;  ///< identity only, of the series on show
    std::size_t m_shownCount = 0;
    Position m_shownEnd = 0;
    ZoneRef m_shownZone{};
    QString m_contextText;
    ZonePicker* m_picker;
    FragCanvas* m_canvas;
    QLabel* m_empty;
};

}  // namespace mm::gui

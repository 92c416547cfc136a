// SPDX-License-Identifier: GPL-3.0-or-later
// High memory: the slots by which a 32-bit kernel maps frames that its direct map does not reach. The panel's title
// line maps and unmaps the selected frame.
#pragma once

#include "gui/views/highmem/slots_canvas.h"
#include "gui/views/view.h"

class QToolButton;

namespace mm::gui {

class CanvasOrWords;

class HighmemView : public View {
    Q_OBJECT
public:
    explicit HighmemView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    QString contextText() const override { return m_contextText; }
    QWidget* titleWidget() override { return m_title; }
    Table table() const override;
    bool hasTable() const override { return true; }
    QString procName() const override { return QStringLiteral("pkmap_count[]"); }
    QString procText() const override;

    SlotsCanvas& canvas() { return *m_canvas; }

private:
    void enable();
    void run(const QString& words);
    /// The selected frame; no_pfn: none.
    Pfn frame() const;
    /// The CPU whose latest mapping is of the selected frame.
    std::optional<SlotRef> latestLocal() const;
    QString emptyWords() const;

    SnapshotPtr m_snapshot;
    SlotsCanvas* m_canvas;
    CanvasOrWords* m_all;
    QToolButton *m_kmap, *m_kunmap, *m_kmapLocal, *m_kunmapLocal, *m_flush;
    QWidget* m_title;
    QString m_contextText;
};

}  // namespace mm::gui

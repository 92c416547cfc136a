// SPDX-License-Identifier: GPL-3.0-or-later
// "What happens here": the last event in words; the stage of the boot, or what such an event is, explained in two or
// three sentences; and where in the kernel that is.
#pragma once

#include "gui/views/stages/explanations.h"
#include "gui/views/view.h"

class QLabel;

namespace mm::gui {

class CardView : public View {
    Q_OBJECT
public:
    explicit CardView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    QString contextText() const override { return m_contextText; }
    Table table() const override { return m_table; }
    bool hasTable() const override { return true; }

private:
    void restyle();

    QLabel *m_what, *m_why, *m_where;
    QString m_contextText;
    Table m_table;  ///< the same words, without places to break them
    Explanations m_explanations;
};

}  // namespace mm::gui

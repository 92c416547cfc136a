// SPDX-License-Identifier: GPL-3.0-or-later
// The zones with both numbers, the real one (or the other kernel's) and the computed one; what differs is marked.
#pragma once

#include "gui/views/view.h"

class QLabel;
class QTableView;
class QToolButton;

namespace mm::gui {

class ZoneCompareModel;

class CompareZonesView : public View {
    Q_OBJECT
public:
    explicit CompareZonesView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr&) override {}
    void setComparison(const ComparisonPtr& comparison) override;
    QString contextText() const override;
    QWidget* titleWidget() override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void fitColumns();
    void showPlace();
    void restyle();

    ZoneCompareModel* m_model;
    QTableView* m_table;
    QLabel* m_words;
    QToolButton* m_only;
    ComparisonPtr m_comparison;
};

}  // namespace mm::gui

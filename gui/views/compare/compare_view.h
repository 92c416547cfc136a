// SPDX-License-Identifier: GPL-3.0-or-later
// The kernel's log as it was printed beside the one that was computed, or two computed ones by the rules of two
// kernels: aligned, differences marked, categories with their counts above, the chosen row in full below. Choosing a
// row goes to the moment its computed line was printed.
#pragma once

#include "gui/views/view.h"

class QComboBox;
class QLabel;
class QToolButton;

namespace mm::gui {

class CategoryBar;
class DiffModel;
class DiffTable;

class CompareView : public View {
    Q_OBJECT
public:
    explicit CompareView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    void setComparison(const ComparisonPtr& comparison) override;
    QString contextText() const override;
    QWidget* titleWidget() override { return m_tools; }
    QSize sizeHint() const override;

private:
    void fillKernels();
    void chooseRow(int row);
    void showPlace();
    void showDetail(int row);
    void restyle();

    DiffModel* m_model;
    CategoryBar* m_categories;
    DiffTable* m_table;
    QLabel *m_detail, *m_empty;
    QWidget* m_tools;
    QComboBox* m_with;
    QToolButton* m_only;
    ComparisonPtr m_comparison;
    SnapshotPtr m_snapshot;
};

}  // namespace mm::gui

// SPDX-License-Identifier: GPL-3.0-or-later
// Doing things to the booted machine: allocate a block by hand, free one, and a seeded random workload that runs until
// stopped, so that fragmentation is seen to evolve. Before the allocator is up the forms say so and are disabled.
#pragma once

#include "gui/views/view.h"

class QLabel;
class QPushButton;

namespace mm::gui {

class AllocateForm;
class WorkloadForm;

class ExperimentView : public View {
    Q_OBJECT
public:
    explicit ExperimentView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    void setStatus(const WorkerStatus& status) override;
    Table table() const override;
    bool hasTable() const override { return true; }
    QString contextText() const override { return m_contextText; }

private:
    void restyle();
    QLabel* m_notYet;
    AllocateForm* m_allocate;
    WorkloadForm* m_workload;
    QString m_contextText;
    QString m_answer;
    std::uint64_t m_commandsDone = 0;
    std::uint64_t m_seenSerial = 0;
};

}  // namespace mm::gui

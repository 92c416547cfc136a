// SPDX-License-Identifier: GPL-3.0-or-later
// "Why this allocation?": the selected event's request, or that of the event at the time cursor, decision by decision.
// Asked of the engine when it is looked at; while the machine runs by itself the last one stays.
#pragma once

#include "gui/views/view.h"

class QLabel;
class QTextBrowser;
class QUrl;

namespace mm::gui {

class WhyView : public View {
    Q_OBJECT
public:
    explicit WhyView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    void setStatus(const WorkerStatus& status) override;
    void setAnswers(const Answers& answers) override;
    QString contextText() const override { return m_contextText; }
    Table table() const override;
    bool hasTable() const override { return m_answer && m_answer->refusal.isEmpty(); }
    QSize sizeHint() const override { return {360, 320}; }
    /// What is read on the page.
    QString plainText() const;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    std::optional<Position> eventInQuestion() const;
    void ask();
    void refresh();
    void showEmpty(const QString& sentence);
    void follow(const QUrl& link);
    std::optional<Position> nextAllocation() const;
    void restyle();

    SnapshotPtr m_snapshot;
    std::shared_ptr<const WhyAnswer> m_answer;
    std::optional<Position> m_asked;
    Position m_askedTotal = 0;
    std::shared_ptr<const Machine> m_askedOf;
    bool m_running = false;
    QString m_contextText;
    QTextBrowser* m_page;
};

}  // namespace mm::gui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/shell/history_dialog.h"

#include <QDialogButtonBox>
#include <QGridLayout>
#include <QLabel>
#include <QSpinBox>
#include <QTimer>

#include "engine/snapshot/history_budget.h"
#include "gui/bridge/bridge.h"
#include "gui/format/format.h"
#include "gui/style/theme.h"

namespace mm::gui {
namespace {

constexpr auto askAgain = std::chrono::milliseconds(500);

struct PastPart {
    const char* name;
    const char* beyond;
    Bytes HistorySize::*takes;
    Bytes HistoryShares::*may;
};

constexpr PastPart pastParts[] = {
    {"Events", "the oldest of the running machine are forgotten", &HistorySize::records, &HistoryShares::records},
    {"Keyframes", "every second one goes: going back takes longer", &HistorySize::keyframes, &HistoryShares::keyframes},
    {"Undo log", "it is dropped: steps back lead over keyframes", &HistorySize::undo, &HistoryShares::undo},
    {"Commands", "no more is taken: everything follows from them", &HistorySize::commands, &HistoryShares::commands},
};

}  // namespace

HistoryDialog::HistoryDialog(Theme& theme, Bridge& bridge, QWidget* parent)
    : QDialog(parent), m_bridge(bridge), m_budget(new QSpinBox(this)) {
    static_assert(std::size(pastParts) == partCount);
    setWindowTitle("Memory for the past");
    auto* grid = new QGridLayout(this);
    grid->setHorizontalSpacing(theme.px(20));
    grid->setVerticalSpacing(theme.px(8));
    grid->setContentsMargins(theme.px(20), theme.px(16), theme.px(20), theme.px(16));
    const auto label = [&](const QString& words, int row, int column, Qt::Alignment align) {
        auto* made = new QLabel(words, this);
        made->setFont(theme.body());
        grid->addWidget(made, row, column, align);
        return made;
    };
    const auto figures = Qt::AlignRight | Qt::AlignVCenter;
    label("takes", 0, 1, figures);
    label("may take", 0, 2, figures);
    label("if there is more", 0, 3, Qt::AlignLeft);
    for (int i = 0; i <= partCount; ++i) {
        const int row = i + 1;
        label(i < partCount ? pastParts[i].name : "All of it", row, 0, Qt::AlignLeft);
        m_takes[i] = label("–", row, 1, figures);
        m_may[i] = label("–", row, 2, figures);
        if (i < partCount)
            label(pastParts[i].beyond, row, 3, Qt::AlignLeft)->setForegroundRole(QPalette::PlaceholderText);
    }
    auto* name = label("&It may take", partCount + 2, 0, Qt::AlignLeft | Qt::AlignVCenter);
    name->setBuddy(m_budget);
    m_budget->setFont(theme.body());
    m_budget->setRange(int(least_history_budget / MiB), int(most_history_budget / MiB));
    m_budget->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
    m_budget->setSuffix(" MiB");
    m_budget->setEnabled(false);
    grid->addWidget(m_budget, partCount + 2, 1, 1, 2);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    grid->addWidget(buttons, partCount + 3, 0, 1, 4);
    grid->setColumnStretch(3, 1);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(this, &QDialog::accepted, this, [this] {
        if (m_filled) Q_EMIT chosen(Bytes(m_budget->value()) * MiB);
    });
    connect(&bridge, &Bridge::answersChanged, this, &HistoryDialog::answered);
    auto* again = new QTimer(this);
    connect(again, &QTimer::timeout, this, &HistoryDialog::ask);
    again->start(askAgain);
    ask();
}

void HistoryDialog::ask() {
    m_bridge.post(AskHistory{});
}

void HistoryDialog::answered() {
    const auto answer = m_bridge.answers().history;
    if (!answer) return;
    const HistoryShares shares(answer->budget);
    for (int i = 0; i < partCount; ++i) {
        m_takes[i]->setText(answer->size ? sizeText((*answer->size).*(pastParts[i].takes)) : "–");
        m_may[i]->setText(sizeText(shares.*(pastParts[i].may)));
    }
    m_takes[partCount]->setText(answer->size ? sizeText(answer->size->total()) : "–");
    m_may[partCount]->setText(sizeText(answer->budget));
    if (std::exchange(m_filled, true)) return;
    m_budget->setEnabled(true);
    m_budget->setValue(int(answer->budget / MiB));
    m_budget->setFocus();
    m_budget->selectAll();
}

}  // namespace mm::gui

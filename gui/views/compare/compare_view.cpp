// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/compare/compare_view.h"

#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollBar>
#include <QToolButton>
#include <QVBoxLayout>

#include "engine/verify/report.h"
#include "gui/format/format.h"
#include "gui/models/kernel_choices.h"
#include "gui/views/compare/category_bar.h"
#include "gui/views/compare/diff_model.h"
#include "gui/views/compare/diff_table.h"

namespace mm::gui {

CompareView::CompareView(const ViewContext& context, QWidget* parent)
    : View(context, parent),
      m_model(new DiffModel(this)),
      m_categories(new CategoryBar(m_theme, this)),
      m_table(new DiffTable(m_theme, *m_model, this)),
      m_detail(new QLabel(this)),
      m_empty(new QLabel(this)),
      m_tools(new QWidget),
      m_with(new QComboBox(m_tools)),
      m_only(new QToolButton(m_tools)) {
    auto* tools = new QHBoxLayout(m_tools);
    tools->setContentsMargins(0, 0, 0, 0);
    tools->addWidget(m_only);
    tools->addWidget(m_with);
    m_only->setText(tr("only differences"));
    m_only->setCheckable(true);
    m_with->setAccessibleName(tr("Compare with"));
    m_with->setToolTip(
        tr("What the computed boot is compared with: the real kernel's log, or the boot of the same "
           "machine by the rules of another kernel"));
    m_detail->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_detail->setWordWrap(true);
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_categories);
    column->addWidget(m_empty);
    auto* log = new QGridLayout;
    log->setSpacing(0);
    log->addWidget(m_table, 0, 0);
    log->addWidget(m_table->ruler(), 0, 1);
    log->addWidget(m_table->across(), 1, 0);
    log->setRowStretch(0, 1);
    column->addLayout(log, 1);
    column->addWidget(m_detail);
    connect(m_categories, &CategoryBar::chosen, this, [this](std::optional<Category> category) {
        m_model->setFilter({m_model->filter().onlyDifferences, category});
        showPlace();
    });
    connect(m_only, &QToolButton::toggled, this, [this](bool on) {
        m_model->setFilter({on, m_model->filter().category});
        showPlace();
    });
    connect(m_with, &QComboBox::activated, this,
            [this](int index) { Q_EMIT requested(CompareWith{m_with->itemData(index).toString()}); });
    connect(m_table, &DiffTable::rowChosen, this, &CompareView::chooseRow);
    connect(&m_state, &ViewState::differenceChanged, this, &CompareView::showPlace);
    connect(&m_theme, &Theme::changed, this, &CompareView::restyle);
    setFocusProxy(m_table);
    restyle();
    setComparison(nullptr);
}

QSize CompareView::sizeHint() const {
    return {m_theme.px(480), m_theme.px(240)};
}

void CompareView::setSnapshot(const SnapshotPtr& snapshot) {
    const bool sameMachine = m_snapshot && m_snapshot->machine == snapshot->machine;
    m_snapshot = snapshot;
    if (!sameMachine) fillKernels();
    m_table->setNow(snapshot->at);
}

void CompareView::setComparison(const ComparisonPtr& comparison) {
    m_comparison = comparison;
    m_model->setComparison(comparison);
    m_categories->setComparison(comparison);
    m_table->setVisible(comparison != nullptr);
    m_table->ruler()->setVisible(comparison != nullptr);
    if (!comparison) m_table->across()->hide();
    m_only->setVisible(comparison != nullptr);
    m_empty->setVisible(!comparison);
    m_empty->setText(
        tr("The real kernel's lines appear here beside the computed ones. This log has none that could be compared: "
           "open a whole kernel log (Ctrl+O), or choose another kernel above to compare two of them."));
    m_detail->hide();
    fillKernels();
    Q_EMIT contextChanged();
}

void CompareView::fillKernels() {
    m_with->clear();
    m_with->addItem(tr("the real log"), QString());
    if (m_snapshot)
        for (const KernelProfile* profile : kernelChoices(*m_snapshot))
            m_with->addItem(tr("Linux %1").arg(text(profile->name)), text(profile->name));
    if (!m_comparison || m_comparison->left.real) return;
    const int at = m_with->findData(text(left_name(*m_comparison)));
    if (at >= 0) m_with->setCurrentIndex(at);
}

QString CompareView::contextText() const {
    if (!m_comparison) return tr("nothing to compare");
    const Comparison& c = *m_comparison;
    std::size_t equal = 0, different = 0;
    for (const CategoryCount& count : c.counts) {
        if (count.category == Category::zoneinfo) continue;  // a view of its own
        equal += count.equal;
        different += count.different();
    }
    QString words = tr("%1 lines equal, %2 different").arg(number(equal), number(different));
    if (c.left.real) words += tr(" · %1 given, %2 not compared").arg(number(c.given), number(c.not_compared));
    return words;
}

void CompareView::chooseRow(int row) {
    const auto& rows = m_model->rows();
    if (row < 0 || row >= m_model->rowCount()) return;
    const DiffRow chosen = rows[static_cast<std::size_t>(row)];
    if (chosen.folded != 0) return m_model->unfold(row);
    m_state.setDifference(DifferenceAt{false, chosen.row});
    showDetail(row);
    if (const auto moment = m_model->momentOf(row)) Q_EMIT requested(Seek{*moment});
}

/// The row that the whole window is at.
void CompareView::showPlace() {
    const auto place = m_state.difference();
    if (!m_comparison || !place || place->zone) return;
    if (place->row >= m_comparison->rows.size()) return;
    const int row = m_model->reveal(place->row);
    m_categories->setChosen(m_model->filter().category);
    m_table->select(row);
    if (row >= 0) showDetail(row);
}

void CompareView::showDetail(int row) {
    const Row* r = m_model->rowAt(row);
    m_detail->setVisible(r != nullptr);
    if (!r) return;
    const QString mono = QStringLiteral("<span style='font-family:%1;white-space:pre-wrap'>%2 %3</span><br>");
    const QString family = m_theme.mono().family();
    QString words;
    for (const auto& [column, sign] : {std::pair{DiffModel::left, "−"}, std::pair{DiffModel::right, "+"}})
        if (const SideLine* line = m_model->lineAt(row, column); line && (r->differs() || column == DiffModel::right))
            words += mono.arg(family, r->differs() ? QString::fromUtf8(sign) : QStringLiteral("="),
                              logText(line->text).toHtmlEscaped());
    const QString why = text(explain(*m_comparison, *r));
    m_detail->setText(
        words +
        QStringLiteral("<span style='color:%1'>%2</span>").arg(m_theme.tokens().dim.name(), why.toHtmlEscaped()));
}

void CompareView::restyle() {
    layout()->setSpacing(m_theme.px(6));
    m_tools->layout()->setSpacing(m_theme.px(6));
    m_table->restyle();
    const auto ink = [](QLabel* label, const QFont& font, const QColor& colour) {
        QPalette palette = label->palette();
        palette.setColor(QPalette::WindowText, colour);
        label->setPalette(palette);
        label->setFont(font);
    };
    ink(m_detail, m_theme.small(), m_theme.tokens().text);
    ink(m_empty, m_theme.body(), m_theme.tokens().dim);
    m_only->setFont(m_theme.small());
    m_with->setFont(m_theme.small());
    m_categories->updateGeometry();
}

}  // namespace mm::gui

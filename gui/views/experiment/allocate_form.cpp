// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/experiment/allocate_form.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>

#include "gui/format/format.h"

namespace mm::gui {
namespace {

struct GfpRow {
    const char* name;
    Gfp flags;
    const char* what;
};
constexpr GfpRow gfpRows[]{
    {"GFP_KERNEL", gfp::GFP_KERNEL, "The kernel's ordinary request: may wait, any zone it can address"},
    {"GFP_ATOMIC", gfp::GFP_ATOMIC, "Must not wait: may dig deeper into the reserves"},
    {"GFP_NOWAIT", gfp::GFP_NOWAIT, "Must not wait, without the reserves"},
    {"GFP_USER", gfp::GFP_USER, "For user space, mapped into the kernel too"},
    {"GFP_HIGHUSER_MOVABLE", gfp::GFP_HIGHUSER_MOVABLE, "User pages that may be moved later: movable"},
    {"GFP_TRANSHUGE", gfp::GFP_TRANSHUGE, "A huge page: compound, movable"},
    {"GFP_DMA", gfp::GFP_KERNEL | gfp::GFP_DMA, "Below 16 MiB only"},
    {"GFP_DMA32", gfp::GFP_KERNEL | gfp::GFP_DMA32, "Below 4 GiB only"},
};

constexpr Gfp typeFlags = gfp::movable | gfp::reclaimable;

QSpinBox* orderBox(const char* name) {
    auto* box = new QSpinBox;
    box->setRange(0, 10);
    box->setAccessibleName(name);
    return box;
}

}  // namespace

AllocateForm::AllocateForm(Theme& theme, ViewState& state, QWidget* parent)
    : QWidget(parent),
      m_theme(theme),
      m_state(state),
      m_order(orderBox("Order of the block to allocate")),
      m_freeOrder(orderBox("Order of the block to free")),
      m_gfp(new QComboBox),
      m_type(new QComboBox),
      m_node(new QComboBox),
      m_nodeLabel(new QLabel("Node")),
      m_answer(new QLabel),
      m_pfn(new QLineEdit),
      m_allocate(new QPushButton("Allocate")),
      m_free(new QPushButton("Free")) {
    for (const GfpRow& row : gfpRows) {
        m_gfp->addItem(row.name, row.flags);
        m_gfp->setItemData(m_gfp->count() - 1, QString::fromLatin1(row.what), Qt::ToolTipRole);
    }
    m_gfp->setAccessibleName("gfp flags");
    m_gfp->setMinimumContentsLength(10);
    m_gfp->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_type->addItem("as the gfp flags say", -1);
    m_type->addItem("Unmovable", 0);
    m_type->addItem("Movable", int(gfp::movable));
    m_type->addItem("Reclaimable", int(gfp::reclaimable));
    m_type->setAccessibleName("Migrate type");
    m_type->setMinimumContentsLength(10);
    m_type->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_node->setAccessibleName("Preferred node");
    m_pfn->setPlaceholderText("pfn, e.g. 0x1a8c0");
    m_pfn->setAccessibleName("Frame to free");
    m_answer->setWordWrap(true);
    m_answer->setObjectName("note");
    m_answer->hide();
    m_order->setToolTip("A block of 2^order pages");
    m_pfn->setToolTip("The first frame of an allocated block; selecting a frame anywhere fills this in");

    auto* form = new QFormLayout(this);
    form->setContentsMargins(0, 0, 0, 0);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->setLabelAlignment(Qt::AlignLeft);
    auto* orderRow = new QHBoxLayout;
    orderRow->addWidget(m_order, 1);
    orderRow->addWidget(m_allocate);
    form->addRow("Order", orderRow);
    form->addRow("gfp", m_gfp);
    form->addRow("Type", m_type);
    form->addRow(m_nodeLabel, m_node);
    auto* freeRow = new QHBoxLayout;
    freeRow->addWidget(m_pfn, 1);
    freeRow->addWidget(m_freeOrder);
    freeRow->addWidget(m_free);
    form->addRow("Free", freeRow);
    form->addRow(m_answer);
    m_freeOrder->setPrefix("order ");

    connect(m_allocate, &QPushButton::clicked, this, &AllocateForm::allocate);
    connect(m_free, &QPushButton::clicked, this, &AllocateForm::free);
    connect(m_pfn, &QLineEdit::returnPressed, this, &AllocateForm::free);
    connect(&state, &ViewState::selectionChanged, this, &AllocateForm::selectionChanged);
    connect(&theme, &Theme::changed, this, &AllocateForm::restyle);
    restyle();
}

void AllocateForm::setSnapshot(const SnapshotPtr& snapshot) {
    const bool newMachine = !m_snapshot || m_snapshot->machine != snapshot->machine;
    m_snapshot = snapshot;
    m_allocate->setEnabled(snapshot->booted);
    m_free->setEnabled(snapshot->booted);
    const std::vector<Node>& nodes = snapshot->state.zones.nodes;
    if (newMachine || m_node->count() != static_cast<int>(nodes.size())) {
        m_node->clear();
        for (const Node& node : nodes)
            m_node->addItem(QString("node %1").arg(node.nid), node.nid);
        m_node->setVisible(nodes.size() > 1);
        m_nodeLabel->setVisible(nodes.size() > 1);
        m_order->setMaximum(int(snapshot->profile->max_order) - 1);
        m_freeOrder->setMaximum(int(snapshot->profile->max_order) - 1);
    }
}

void AllocateForm::setAnswer(const WorkerStatus& status) {
    m_answer->setText(status.notice);
    m_answer->setVisible(!status.notice.isEmpty());
    if (!status.result || !status.notice.startsWith("allocated")) return;
    m_state.select({.frames = *status.result, .list = {}, .event = {}});
}

void AllocateForm::allocate() {
    AllocRequest request;
    request.gfp = m_gfp->currentData().toUInt();
    if (const int type = m_type->currentData().toInt(); type >= 0)
        request.gfp = (request.gfp & ~typeFlags) | static_cast<Gfp>(type);
    request.order = static_cast<Order>(m_order->value());
    request.nid = m_node->count() > 0 ? m_node->currentData().toInt() : 0;
    Q_EMIT requested(Allocate{request});
}

void AllocateForm::free() {
    bool ok = false;
    const QString typed = m_pfn->text().trimmed();
    const Pfn pfn = typed.toULongLong(&ok, typed.startsWith("0x") ? 16 : 10);
    if (!ok) {
        m_answer->setText(QString("\"%1\" is not a frame number: write 0x1a8c0 or 108736.").arg(typed));
        m_answer->show();
        return;
    }
    Q_EMIT requested(Free{pfn, static_cast<Order>(m_freeOrder->value())});
}

void AllocateForm::selectionChanged() {
    const PfnRange frames = m_state.selection().frames;
    if (frames.empty() || !m_snapshot || frames.start >= m_snapshot->pages.end_pfn()) return;
    m_pfn->setText(hex(frames.start));
    const PageRecord page = m_snapshot->pages.at(frames.start);
    if (page.order != not_a_head) m_freeOrder->setValue(page.order);
}

void AllocateForm::restyle() {
    setMaximumWidth(m_theme.px(440));
    for (QHBoxLayout* row : layout()->findChildren<QHBoxLayout*>())
        row->setSpacing(m_theme.px(6));
    QPalette palette = m_answer->palette();
    palette.setColor(QPalette::WindowText, m_theme.tokens().dim);
    m_answer->setPalette(palette);
    m_pfn->setFont(m_theme.mono());
    static_cast<QFormLayout*>(layout())->setVerticalSpacing(m_theme.px(6));
    static_cast<QFormLayout*>(layout())->setHorizontalSpacing(m_theme.px(8));
}

}  // namespace mm::gui

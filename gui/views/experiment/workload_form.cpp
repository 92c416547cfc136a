// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/experiment/workload_form.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <limits>

#include "gui/format/format.h"

namespace mm::gui {
namespace {

QSpinBox* box(int low, int high, int value, const char* name, const char* what) {
    auto* spin = new QSpinBox;
    spin->setRange(low, high);
    spin->setValue(value);
    spin->setAccessibleName(name);
    spin->setToolTip(what);
    spin->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    return spin;
}

}  // namespace

WorkloadForm::WorkloadForm(Theme& theme, QWidget* parent)
    : QWidget(parent),
      m_theme(theme),
      m_seed(box(0, std::numeric_limits<int>::max(), 7, "Seed", "The same seed gives the same workload")),
      m_maxOrder(
          box(0, 10, 9, "Largest order", "Orders are geometric: half of the requests are order 0, a quarter 1…")),
      m_lifetime(box(1, 10000000, 30000, "Mean lifetime", "How long a block lives on average, in commands")),
      m_target(box(1, 99, 70, "Memory in use", "The share of memory in use that the workload drifts around")),
      m_unmovable(box(0, 100, 15, "Weight of unmovable requests", "Unmovable: share of requests")),
      m_movable(box(0, 100, 75, "Weight of movable requests", "Movable: share of requests")),
      m_reclaimable(box(0, 100, 10, "Weight of reclaimable requests", "Reclaimable: share of requests")),
      m_story(new QComboBox),
      m_also(new QComboBox),
      m_rate(new QComboBox),
      m_teaches(new QLabel),
      m_dials(new QWidget),
      m_run(new QPushButton("Start")),
      m_done(new QLabel) {
    m_story->addItem("random allocations", QString());
    m_story->setItemData(0, "Blocks of all orders and types come and go at random: see fragmentation evolve",
                         Qt::ToolTipRole);
    m_story->setAccessibleName("Workload");
    m_also->addItem("nothing else", QString());
    m_also->setAccessibleName("Workload beside it");
    m_teaches->setWordWrap(true);
    m_teaches->setObjectName("note");
    m_target->setSuffix(" %");
    m_lifetime->setSuffix(" commands");
    for (const double rate : {50.0, 500.0, 5000.0, 50000.0})
        m_rate->addItem(QString("%1 commands/s").arg(number(std::uint64_t(rate))), rate);
    m_rate->addItem("as fast as it goes", 0.0);
    m_rate->setCurrentIndex(2);
    m_rate->setAccessibleName("Rate");
    m_rate->setMinimumContentsLength(8);
    m_rate->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_done->setObjectName("note");
    m_done->setAlignment(Qt::AlignRight | Qt::AlignVCenter);

    auto* form = new QFormLayout(this);
    form->setContentsMargins(0, 0, 0, 0);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    auto* runRow = new QHBoxLayout;
    runRow->addWidget(m_run);
    runRow->addWidget(m_done, 1);
    auto* mix = new QHBoxLayout;
    for (QSpinBox* weight : {m_unmovable, m_movable, m_reclaimable}) {
        weight->setButtonSymbols(QAbstractSpinBox::NoButtons);  // three have to fit into a narrow panel
        weight->setProperty("plain", true);
        mix->addWidget(weight, 1);
    }
    m_unmovable->setPrefix("U ");
    m_movable->setPrefix("M ");
    m_reclaimable->setPrefix("R ");
    auto* dials = new QFormLayout(m_dials);
    dials->setContentsMargins(0, 0, 0, 0);
    dials->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    dials->addRow("Mix", mix);
    dials->addRow("Max order", m_maxOrder);
    dials->addRow("Lifetime", m_lifetime);
    dials->addRow("In use", m_target);
    form->addRow("What runs", m_story);
    form->addRow("Beside it", m_also);
    form->addRow(m_teaches);
    form->addRow("Rate", m_rate);
    form->addRow("Seed", m_seed);
    form->addRow(m_dials);
    form->addRow(runRow);
    connect(m_story, &QComboBox::currentIndexChanged, this, &WorkloadForm::storyChanged);
    connect(m_also, &QComboBox::currentIndexChanged, this, &WorkloadForm::storyChanged);
    connect(m_run, &QPushButton::clicked, this, [this] {
        if (m_running)
            Q_EMIT requested(StopWorkload{});
        else
            Q_EMIT requested(request());
    });
    connect(&theme, &Theme::changed, this, &WorkloadForm::restyle);
    // From top to bottom, the dials among them.
    const std::vector<QWidget*> order{m_story,       m_also,     m_rate,     m_seed,   m_unmovable, m_movable,
                                      m_reclaimable, m_maxOrder, m_lifetime, m_target, m_run};
    for (std::size_t i = 1; i < order.size(); ++i)
        setTabOrder(order[i - 1], order[i]);
    setBooted(false);
    restyle();
    storyChanged();
}

void WorkloadForm::storyChanged() {
    const bool random = m_story->currentData().toString().isEmpty();
    m_dials->setVisible(random);
    static_cast<QFormLayout*>(layout())->setRowVisible(m_also, !random);
    QStringList sentences{m_story->currentData(Qt::ToolTipRole).toString()};
    if (!random && m_also->currentIndex() > 0 && m_also->currentData() != m_story->currentData())
        sentences.push_back(m_also->currentData(Qt::ToolTipRole).toString());
    m_teaches->setText(sentences.join(' '));
}

StartWorkload WorkloadForm::request() const {
    StartWorkload r;
    r.story = m_story->currentData().toString();
    const QString also = m_also->currentData().toString();
    if (!r.story.isEmpty() && !also.isEmpty() && also != r.story) r.story += '+' + also;
    r.seed = static_cast<std::uint64_t>(m_seed->value());
    r.maxOrder = static_cast<unsigned>(m_maxOrder->value());
    r.unmovable = static_cast<unsigned>(m_unmovable->value());
    r.movable = static_cast<unsigned>(m_movable->value());
    r.reclaimable = static_cast<unsigned>(m_reclaimable->value());
    if (r.unmovable + r.movable + r.reclaimable == 0) r.movable = 1;
    r.meanLifetime = static_cast<unsigned>(m_lifetime->value());
    r.targetPercent = static_cast<unsigned>(m_target->value());
    r.commandsPerSecond = m_rate->currentData().toDouble();
    return r;
}

void WorkloadForm::setBooted(bool booted) {
    m_booted = booted;
    m_run->setEnabled(m_booted || m_running);
}

void WorkloadForm::setStatus(const WorkerStatus& status) {
    for (const StoryInfo& story : status.stories) {  // the same all the time: they come with the first status
        if (m_story->findData(story.name) >= 0) continue;
        for (QComboBox* list : {m_story, m_also}) {
            list->addItem(story.name, story.name);
            list->setItemData(list->count() - 1, story.teaches, Qt::ToolTipRole);
        }
    }
    m_running = status.workload;
    m_run->setText(m_running ? "Stop" : "Start");
    m_run->setEnabled(m_booted || m_running);
    m_done->setText(status.commandsDone == 0 ? QString() : number(status.commandsDone) + " commands");
}

void WorkloadForm::restyle() {
    QPalette palette = m_done->palette();
    palette.setColor(QPalette::WindowText, m_theme.tokens().dim);
    m_done->setPalette(palette);
    setMaximumWidth(m_theme.px(440));
    for (QHBoxLayout* row : layout()->findChildren<QHBoxLayout*>())
        row->setSpacing(m_theme.px(6));
    for (QLayout* form : {layout(), m_dials->layout()}) {
        static_cast<QFormLayout*>(form)->setVerticalSpacing(m_theme.px(6));
        static_cast<QFormLayout*>(form)->setHorizontalSpacing(m_theme.px(8));
    }
    m_teaches->setFont(m_theme.small());
    m_teaches->setPalette(palette);
}

}  // namespace mm::gui

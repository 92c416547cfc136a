// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/reclaim/reclaim_view.h"

#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "engine/snapshot/reclaim_format.h"
#include "gui/format/format.h"
#include "gui/widgets/canvas_or_words.h"
#include "gui/widgets/title_line.h"

namespace mm::gui {

ReclaimView::ReclaimView(const ViewContext& context, QWidget* parent)
    : View(context, parent),
      m_canvas(new ListsCanvas(m_theme, m_state, nullptr)),
      m_all(new CanvasOrWords(m_theme, m_canvas,
                              tr("No process and no file has pages yet: run the boot to its end (F5), then start a "
                                 "workload such as leak or file-scan in the panel Experiment"),
                              this)),
      m_swapon(titleButton(tr("swapon"), tr("Give the machine a swap area half as large as its memory"))),
      m_title(titleLine({m_swapon})) {
    setAccessibleName(tr("Reclaim"));
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_all);
    setFocusProxy(m_canvas);
    connect(m_swapon, &QToolButton::clicked, this, &ReclaimView::swapon);
    connect(&m_theme, &Theme::changed, this, [this] { styleTitleLine(*m_title, m_theme); });
    styleTitleLine(*m_title, m_theme);
    m_swapon->setEnabled(false);
}

void ReclaimView::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    const MmState& state = snapshot->state.processes;
    m_canvas->setSnapshot(snapshot);
    m_all->showCanvas(!state.lru.empty());
    m_swapon->setEnabled(snapshot->booted && !state.swap.on());
    NrPages pages = 0;
    for (const LruVec& vec : state.lru)
        for (unsigned l = 0; l < nr_lru_lists; ++l)
            pages += vec.pages(static_cast<LruList>(l));
    const QString swap = state.swap.on()
                             ? tr("swap %1 of %2").arg(pagesAsSize(state.swap.inuse), pagesAsSize(state.swap.total()))
                             : tr("no swap");
    const QString context = state.lru.empty() ? QString() : tr("%1 on LRU lists · %2").arg(pagesAsSize(pages), swap);
    if (context == m_contextText) return;
    m_contextText = context;
    Q_EMIT contextChanged();
}

void ReclaimView::swapon() {
    constexpr Bytes unit = 4 * MiB;
    const Bytes half = (m_snapshot->state.totalram_pages << page_shift) / 2;
    Q_EMIT requested(RunCommand{QStringLiteral("swapon /dev/sda2 %1").arg(std::max(unit, half / unit * unit))});
}

Table ReclaimView::table() const {
    Table table{{tr("node"), tr("list"), tr("pages"), tr("first frame to be looked at")}, {}};
    if (!m_snapshot) return table;
    const LruVecs& lru = m_snapshot->state.processes.lru;
    for (std::size_t nid = 0; nid < lru.size(); ++nid)
        for (unsigned l = 0; l < nr_lru_lists; ++l) {
            const std::uint32_t last = lru[nid].lists[l].last;
            table.rows.push_back({QString::number(nid), text(name_of(static_cast<LruList>(l))),
                                  number(lru[nid].pages(static_cast<LruList>(l))),
                                  last == no_link ? QString() : hex(last)});
        }
    return table;
}

QString ReclaimView::procText() const {
    return m_snapshot ? text(print_lru(*m_snapshot)) : QString();
}

}  // namespace mm::gui

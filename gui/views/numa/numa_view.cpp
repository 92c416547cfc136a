// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/numa/numa_view.h"

#include <QVBoxLayout>

#include "gui/format/format.h"

namespace mm::gui {

NumaView::NumaView(const ViewContext& context, QWidget* parent)
    : View(context, parent),
      m_canvas(new NumaCanvas(m_theme, m_state, this)),
      m_body(new CanvasOrWords(m_theme, m_canvas,
                               tr("Nodes appear with initmem_init, zonelists with build_all_zonelists: press F5 to "
                                  "run the boot to its end"),
                               this)) {
    setAccessibleName(tr("NUMA nodes"));
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_body);
    setFocusProxy(m_canvas);
}

void NumaView::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    m_canvas->setSnapshot(snapshot);
    const MachineState& state = snapshot->state;
    const std::size_t nodes = std::max(state.zones.nodes.size(), state.numa.nodes.size());
    m_body->showCanvas(nodes != 0);
    QString context = nodes == 0 ? QString() : nodes == 1 ? tr("1 node") : tr("%1 nodes").arg(nodes);
    if (nodes != 0 && state.numa.dummy) context += tr(" · made up: the firmware names none");
    if (context == m_contextText) return;
    m_contextText = context;
    Q_EMIT contextChanged();
}

Table NumaView::table() const {
    Table table{{tr("node"), tr("place"), tr("zone of node"), tr("zone"), tr("distance")}, {}};
    if (!m_snapshot) return table;
    for (const Node& node : m_snapshot->state.zones.nodes)
        for (std::size_t i = 0; i < node.fallback.size(); ++i) {
            const ZoneRef ref = node.fallback[i];
            table.rows.push_back({QString::number(node.nid), QString::number(i), QString::number(ref.nid),
                                  text(name_of(ref.type)),
                                  QString::number(nodeDistance(*m_snapshot, node.nid, ref.nid))});
        }
    return table;
}

QString NumaView::procText() const {
    QString out;
    if (!m_snapshot) return out;
    for (const Node& from : m_snapshot->state.zones.nodes) {
        QStringList line;
        for (const Node& to : m_snapshot->state.zones.nodes)
            line << QString::number(nodeDistance(*m_snapshot, from.nid, to.nid));
        out += line.join(' ') + '\n';
    }
    return out;
}

}  // namespace mm::gui

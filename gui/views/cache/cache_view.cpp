// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/cache/cache_view.h"

#include <QHeaderView>
#include <QLabel>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "engine/snapshot/mm_counters.h"
#include "engine/snapshot/reclaim_format.h"
#include "gui/format/format.h"
#include "gui/views/cache/file_model.h"
#include "gui/widgets/dim_rows.h"
#include "gui/widgets/empty_words.h"
#include "gui/widgets/moment_list.h"
#include "gui/widgets/table_and_canvas.h"
#include "gui/widgets/title_line.h"

namespace mm::gui {
namespace {

/// The file that has most pages in memory. REQUIRES: there is one.
FileId largestOf(const MmState& state) {
    const auto fewer = [](const auto& a, const auto& b) { return a.second->nrpages < b.second->nrpages; };
    return std::max_element(state.files->begin(), state.files->end(), fewer)->first;
}

}  // namespace

CacheView::CacheView(const ViewContext& context, QWidget* parent)
    : View(context, parent),
      m_model(new FileModel(this)),
      m_files(new QTableView),
      m_canvas(new CacheCanvas(m_theme, m_state, nullptr)),
      m_parts(new TableAndCanvas(m_theme, m_files, m_canvas, this)),
      m_empty(new EmptyWords(m_theme,
                             tr("No file has been opened yet: run the boot to its end (F5), then start a workload such "
                                "as file-scan in the panel Experiment"),
                             this)),
      m_read(titleButton(tr("read"), tr("Read the chosen file from its start to its end"))),
      m_write(titleButton(tr("write"), tr("Write the chosen file from its start to its end: its pages become dirty"))),
      m_sync(titleButton(tr("sync"), tr("Write all dirty pages of files"))),
      m_dropPages(titleButton(tr("drop pages"), tr("echo 1 > /proc/sys/vm/drop_caches: clean pages of files go"))),
      m_dropSlab(titleButton(tr("drop names"), tr("echo 2 > /proc/sys/vm/drop_caches: dentries and inodes that nobody "
                                                  "uses go; what was used lately gets another round"))),
      m_title(titleLine({m_read, m_write, m_sync, m_dropPages, m_dropSlab})) {
    setAccessibleName(tr("Page cache and swap"));
    m_files->setModel(m_model);
    connect(&m_state, &ViewState::markChanged, m_model, [this] { m_model->setMark(m_state.mark()); });
    m_model->setMark(m_state.mark());
    makeList(*m_files);
    m_files->setItemDelegate(new DimRows(m_theme, FileModel::inMemory, false, this));
    m_files->horizontalHeader()->setStretchLastSection(false);
    m_files->horizontalHeader()->setSectionResizeMode(FileModel::path, QHeaderView::Stretch);
    m_files->setTextElideMode(Qt::ElideMiddle);
    m_files->setAccessibleName(tr("Files"));
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_empty);
    all->addWidget(m_parts, 1);
    connect(m_read, &QToolButton::clicked, this, [this] { ask(QStringLiteral("read")); });
    connect(m_write, &QToolButton::clicked, this, [this] { ask(QStringLiteral("write")); });
    connect(m_sync, &QToolButton::clicked, this, [this] { run(QStringLiteral("sync")); });
    connect(m_dropPages, &QToolButton::clicked, this, [this] { run(QStringLiteral("drop_caches 1")); });
    connect(m_dropSlab, &QToolButton::clicked, this, [this] { run(QStringLiteral("drop_caches 2")); });
    connect(m_files->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &CacheView::fileChanged);
    connect(&m_state, &ViewState::selectionChanged, this, [this](const Selection& selection) {
        if (!selection.frames.empty()) showFileOf(selection.frames.start);
    });
    connect(&m_theme, &Theme::changed, this, &CacheView::restyle);
    setFocusProxy(m_files);
    restyle();
    m_parts->hide();
}

void CacheView::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    const MmState& state = snapshot->state.processes;
    const FileId before = m_canvas->file();
    m_model->setSnapshot(snapshot);
    m_canvas->setSnapshot(snapshot);
    const bool any = !state.files->empty();
    m_empty->setVisible(!any);
    m_parts->setVisible(any);
    for (QToolButton* button : {m_read, m_write, m_sync, m_dropPages, m_dropSlab})
        button->setEnabled(any && snapshot->booted);
    if (any && m_files->currentIndex().row() < 0) showFile(m_model->rowOf(before) >= 0 ? before : largestOf(state));
    m_parts->words().setText(m_model->summary(m_canvas->file()));
    const QString context = any ? tr("%1 files · %2 cached · %3 dirty")
                                      .arg(number(state.files->size()), pagesAsSize(node_stat(state, "nr_file_pages")),
                                           pagesAsSize(node_stat(state, "nr_dirty")))
                                : QString();
    if (context == m_contextText) return;
    m_contextText = context;
    Q_EMIT contextChanged();
}

void CacheView::run(const QString& words) {
    Q_EMIT requested(RunCommand{words});
}

void CacheView::ask(const QString& verb) {
    if (!m_snapshot || !m_snapshot->state.processes.files->contains(m_canvas->file())) return;
    const File& file = m_snapshot->state.processes.file(m_canvas->file());
    run(QStringLiteral("%1 %2 0 %3").arg(verb, text(file.path)).arg(std::max(file.size, page_size)));
}

void CacheView::fileChanged() {
    const FileId id = m_model->fileAt(m_files->currentIndex().row());
    if (id == no_id) return;
    m_canvas->setFile(id);
    m_parts->words().setText(m_model->summary(id));
}

void CacheView::showFile(FileId id) {
    m_parts->chooseRow(m_model->rowOf(id));
}

void CacheView::showFileOf(Pfn pfn) {
    if (!m_snapshot) return;
    const PageMapping& mapping = m_snapshot->state.processes.mappings[pfn];
    if (mapping.kind != MappingKind::file) return;
    showFile(mapping.id);
    m_parts->reveal(m_canvas->rectOfPage(mapping.index));
}

void CacheView::resizeEvent(QResizeEvent* event) {
    View::resizeEvent(event);
    m_parts->arrange(*this, 1200);
}

Table CacheView::table() const {
    return tableOf(*m_model);
}

QString CacheView::procText() const {
    return m_snapshot ? text(print_files(*m_snapshot)) : QString();
}

void CacheView::restyle() {
    m_parts->restyle();
    const QFontMetrics metrics(m_theme.mono());
    const char* widest[]{"100.0 MiB", "100.0 MiB", "100.0 MiB", "Mapped", "Held by"};
    for (int column = FileModel::cached; column < FileModel::columns; ++column)
        m_files->setColumnWidth(column, metrics.horizontalAdvance(widest[column - FileModel::cached]) + m_theme.px(12));
    styleTitleLine(*m_title, m_theme);
}

}  // namespace mm::gui

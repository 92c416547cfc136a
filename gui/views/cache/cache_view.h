// SPDX-License-Identifier: GPL-3.0-or-later
// The page cache and swap: a table of files, the pages of the chosen one, the swap area's slots. Files are read and
// written, dirty pages synced and caches dropped from the panel's title line; a frame selected anywhere shows its place
// in its file.
#pragma once

#include "gui/views/cache/cache_canvas.h"
#include "gui/views/view.h"

class QTableView;
class QToolButton;

namespace mm::gui {

class EmptyWords;
class FileModel;
class TableAndCanvas;

class CacheView : public View {
    Q_OBJECT
public:
    explicit CacheView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    QString contextText() const override { return m_contextText; }
    QWidget* titleWidget() override { return m_title; }
    Table table() const override;
    bool hasTable() const override { return true; }
    QString procName() const override { return QStringLiteral("files"); }
    QString procText() const override;
    CacheCanvas& canvas() { return *m_canvas; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void run(const QString& words);
    /// read or write: of the chosen file, all of it.
    void ask(const QString& verb);
    void fileChanged();
    void showFile(FileId id);
    void showFileOf(Pfn pfn);
    void restyle();

    SnapshotPtr m_snapshot;
    FileModel* m_model;
    QTableView* m_files;
    CacheCanvas* m_canvas;
    TableAndCanvas* m_parts;
    EmptyWords* m_empty;
    QToolButton *m_read, *m_write, *m_sync, *m_dropPages, *m_dropSlab;
    QWidget* m_title;
    QString m_contextText;
};

}  // namespace mm::gui

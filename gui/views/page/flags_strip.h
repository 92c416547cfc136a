// SPDX-License-Identifier: GPL-3.0-or-later
// page->flags bit by bit: lines of 32 boxes, the upper half of a long word above, with the fields that share it.
//
//      63        54 53 51 50                  32
//      [ node      ][zone][ lastcpupid         ]
//      [ lastcp ][ unused ][ PG_* flags        ]
//      31      30 29   26 25                  0
//
// lastcpupid is hatched: NUMA balancing is not modelled, its bits are not known.
#pragma once

#include <QWidget>
#include <optional>

#include "gui/models/flags_layout.h"
#include "gui/style/theme.h"

namespace mm::gui {

class FlagsStrip : public QWidget {
    Q_OBJECT
public:
    FlagsStrip(const Theme& theme, QWidget* parent);
    void setWord(const FlagsLayout& layout, std::optional<std::uint64_t> word);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {160, sizeHint().height()}; }
    QString bitInWords(unsigned bit) const;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    QRect box(unsigned bit) const;
    int lineHeight() const;
    bool isSet(unsigned bit) const;
    const Theme& m_theme;
    FlagsLayout m_layout;
    std::optional<std::uint64_t> m_word;
};

}  // namespace mm::gui

// SPDX-License-Identifier: GPL-3.0-or-later
// The ink: colours, fonts and spacing of every view, light and dark, scaled by one font-zoom factor. One object made in
// main and passed by reference; views repaint on changed(). Tokens are those of the design ("window.md").
#pragma once

#include <QColor>
#include <QFont>
#include <QObject>
#include <QPixmap>

#include "engine/firmware/machine.h"
#include "engine/mmzone/zone.h"

namespace mm::gui {

struct Tokens {
    QColor background, panel, line;
    QColor text, dim, faint;
    QColor accent, accentWash;  ///< time, selection, focus: nothing else is this blue
    QColor hole, holeHatch;     ///< no memory; hatch also for unknown
    QColor track;               ///< empty part of a strip or gauge, empty matrix cell
};

/// What went wrong: the banner of errors and nothing else.
struct Alarm {
    QColor wash, edge, ink;
};

/// Where two boots differ: a wash behind the words, ink for the words and marks themselves.
struct DifferenceInk {
    QColor wash, ink;
};

class Theme : public QObject {
    Q_OBJECT
public:
    explicit Theme(bool dark = false, QObject* parent = nullptr);

    bool dark() const { return m_dark; }
    void setDark(bool dark);
    double zoom() const { return m_zoom; }  ///< 1.0 = 100 %
    void setZoom(double zoom);              ///< clamped to 0.75 .. 3
    void setHighContrastTextures(bool on);  ///< letters on marks
    bool letters() const { return m_letters; }

    const Tokens& tokens() const { return m_tokens; }
    Alarm alarm() const;
    DifferenceInk difference() const;
    QColor migrate(MigrateType type, bool free) const;
    QColor migrateText(MigrateType type, bool free) const;  ///< readable on migrate()
    QColor e820(E820Type type) const;
    QColor zone(ZoneType type) const;
    QColor node(Nid nid) const;
    QColor order(unsigned order) const;        ///< viridis, reversed in the dark theme
    QColor state(PageState state) const;       ///< reserved, boot, none... for the state map
    QColor owner(const QString& owner) const;  ///< memblock claims: stable colour by owner name
    QColor textOn(const QColor& fill) const;   ///< near-black or white, whichever contrasts more

    QFont body() const;          ///< 12 px at 100 %
    QFont small() const;         ///< 11 px
    QFont axis() const;          ///< 10 px
    QFont title() const;         ///< 12 px semi-bold
    QFont mono() const;          ///< 11 px
    int px(double at100) const;  ///< scaled length in pixels
    QBrush hatch() const;        ///< hole background with hatch
    /// What needs no theme: the earlier, the fewer widgets have to be told.
    static void prepareApplication();
    /// Applies palette and style sheet to the application.
    void applyToApplication() const;

Q_SIGNALS:
    void changed();

private:
    void build();
    bool m_dark;
    bool m_letters = false;
    double m_zoom = 1.0;
    QString m_bodyFamily, m_monoFamily;  ///< first installed of a list of good ones
    Tokens m_tokens;
};

/// The font for what is drawn larger because its panel has room.
QFont enlarged(QFont font, double factor);

}  // namespace mm::gui

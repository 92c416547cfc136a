// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/style/style_sheet.h"

#include <QMap>

#include "gui/style/resources.h"
#include "gui/style/theme.h"

namespace mm::gui {
namespace {

/// Words in braces are replaced: {accent} by the token, {8px} by 8 scaled pixels.
constexpr const char* sheet = R"(
QToolTip { background: {panel}; color: {text}; border: 1px solid {line}; padding: {4px} {6px}; }
QMainWindow, QDialog { background: {background}; }
QMainWindow::separator { background: {background}; width: {8px}; height: {8px}; }
QMainWindow::separator:hover { background: {accentWash}; }

QPushButton, QToolButton, QAbstractSpinBox, QComboBox, QLineEdit, QTabBar, QMenu, QCheckBox, QToolTip { font-size: {12px}; }
QMenuBar { background: {panel}; color: {text}; border: none; }
QMenuBar::item { padding: {4px} {8px}; border-radius: {4px}; background: transparent; }
QMenuBar::item:selected { background: {accentWash}; }
QMenu { background: {panel}; color: {text}; border: 1px solid {line}; padding: {4px}; }
QMenu::item { padding: {5px} {28px} {5px} {22px}; border-radius: {4px}; }
QMenu::item:selected { background: {accentWash}; color: {text}; }
QMenu::item:disabled { color: {faint}; }
QMenu::separator { height: 1px; background: {line}; margin: {4px} {6px}; }

QPushButton, QToolButton { background: {panel}; color: {text}; border: 1px solid {line}; border-radius: {4px};
    padding: {4px} {10px}; }
QToolButton { padding: {4px} {6px}; }
QPushButton:hover, QToolButton:hover { background: {accentWash}; }
QPushButton:pressed, QToolButton:pressed, QToolButton:checked, QPushButton:checked { background: {accentWash};
    border-color: {accent}; }
QPushButton:focus, QToolButton:focus { border: 1px solid {accent}; }
QPushButton:disabled, QToolButton:disabled { color: {faint}; background: {background}; }
QPushButton:default { background: {accent}; color: {onAccent}; border-color: {accent}; }
QPushButton:default:hover { border-color: {text}; }
QPushButton:default:disabled { background: {background}; color: {faint}; border-color: {line}; }
QToolButton[flat="true"] { border: 1px solid transparent; background: transparent; }
QToolButton[flat="true"]:hover { background: {accentWash}; }
QToolButton[flat="true"]:focus { border: 1px solid {accent}; }
QToolButton::menu-indicator { image: none; width: 0; }

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit { background: {field}; color: {text};
    border: 1px solid {line}; border-radius: {4px}; padding: {3px} {8px}; selection-background-color: {accent};
    selection-color: {onAccent}; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus { border-color: {accent}; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled { color: {faint}; }
QComboBox { padding-right: {20px}; }
QComboBox::drop-down { border: none; width: {18px}; }
QComboBox::down-arrow { image: url({chevron}); width: {8px}; height: {8px}; }
QComboBox QAbstractItemView { background: {panel}; color: {text}; border: 1px solid {line}; outline: none;
    selection-background-color: {accentWash}; selection-color: {text}; padding: {2px}; }
QSpinBox, QDoubleSpinBox { padding-right: {18px}; }
QSpinBox[plain="true"] { padding-left: {6px}; padding-right: {4px}; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { border: none;
    background: transparent; width: {16px}; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url({chevronUp}); width: {7px}; height: {7px}; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url({chevron}); width: {7px}; height: {7px}; }

QCheckBox { spacing: {6px}; }

QAbstractItemView { background: {panel}; color: {text}; border: none; outline: none;
    selection-background-color: {accentWash}; selection-color: {text}; }
QTreeView::branch { image: none; border-image: none; background: transparent; }
QHeaderView::section { background: {panel}; color: {dim}; border: none; border-bottom: 1px solid {line};
    padding: {3px} {5px}; }
QAbstractScrollArea { border: none; background: {panel}; }
QScrollArea > QWidget > QWidget { background: transparent; }

QScrollBar:vertical { background: transparent; width: {10px}; margin: 0; }
QScrollBar:horizontal { background: transparent; height: {10px}; margin: 0; }
QScrollBar::handle { background: {handle}; border-radius: {3px}; margin: {2px}; }
QScrollBar::handle:vertical { min-height: {24px}; }
QScrollBar::handle:horizontal { min-width: {24px}; }
QScrollBar::handle:hover { background: {faint}; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: {dim}; border: none; border-bottom: {2px} solid transparent;
    padding: {4px} {10px}; margin: 0 {2px} 0 0; }
QTabBar::tab:selected { color: {text}; border-bottom-color: {accent}; }
QTabBar::tab:hover { color: {text}; }
QTabBar::tab:focus { border-bottom-color: {text}; }
)";

}  // namespace

QString styleSheetFor(const Theme& theme) {
    const Tokens& t = theme.tokens();
    const auto icon = [&](const char* name) {
        return resourcePath(QString("icons/%1-%2.svg").arg(QLatin1String(name), theme.dark() ? "dark" : "light"));
    };
    const QMap<QString, QString> words{
        {"background", t.background.name()},
        {"panel", t.panel.name()},
        {"line", t.line.name()},
        {"text", t.text.name()},
        {"dim", t.dim.name()},
        {"faint", t.faint.name()},
        {"accent", t.accent.name()},
        {"accentWash", t.accentWash.name()},
        {"onAccent", theme.textOn(t.accent).name()},
        {"field", theme.dark() ? t.background.name() : t.panel.name()},
        {"handle", t.holeHatch.name()},
        {"chevron", icon("chevron-down")},
        {"chevronUp", icon("chevron-up")},
    };
    QString out, rest = QString::fromLatin1(sheet);
    // A brace followed by a letter or digit opens a word; rule braces are followed by a space.
    for (;;) {
        qsizetype open = -1;
        for (qsizetype i = 0; i + 1 < rest.size() && open < 0; ++i)
            if (rest[i] == '{' && rest[i + 1].isLetterOrNumber()) open = i;
        if (open < 0) return out + rest;
        const qsizetype close = rest.indexOf('}', open);
        const QString word = rest.mid(open + 1, close - open - 1);
        out += rest.left(open);
        if (word[0].isDigit())
            out += QString::number(theme.px(word.chopped(2).toDouble())) + "px";
        else
            out += words.value(word);
        rest = rest.mid(close + 1);
    }
}

}  // namespace mm::gui

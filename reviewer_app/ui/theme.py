"""How everything looks: two themes as one table of tokens, the sizes, and the one stylesheet made from them.

What is not here: layouts.  No other module names a colour; painted widgets ask `tokens()` while painting, so a change
of theme reaches them with the next paint.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours of one theme, as `#rrggbb`.

    Attributes:
        surface: Behind everything.
        raised: Panes, cards and tables.
        sunken: Fields that can be typed into.
        line: Hairlines between things.
        edge: Outlines of controls, at least 3:1 against what is behind them.
        hover: Under the pointer.
        selected: Selected rows.
        text: What is read.
        muted: What is read second.
        accent: The one colour: focus, main button, links, current place.
        on_accent: Text on accent.
        good: Complete, verified, normal.
        warn: Needs attention; amber marks for what is not the stored picture.
        danger: Patient safety and loss, nothing else.
        image_black: Around images, in both themes.
        on_image: Texts over images, in both themes.
    """

    surface: str
    raised: str
    sunken: str
    line: str
    edge: str
    hover: str
    selected: str
    text: str
    muted: str
    accent: str
    on_accent: str
    good: str
    warn: str
    danger: str
    image_black: str
    on_image: str


DARK = Tokens(
    surface="#121518", raised="#191d21", sunken="#0e1113", line="#2a3036", edge="#69737d", hover="#22282e",
    selected="#1d3447", text="#e4e8eb", muted="#9ba6af", accent="#63b0ee", on_accent="#08141d",
    good="#5fbf99", warn="#e3b454", danger="#f5827b", image_black="#000000", on_image="#d9dee2",
)  # fmt: skip
LIGHT = Tokens(
    surface="#eef0f2", raised="#fbfcfc", sunken="#ffffff", line="#d3d9de", edge="#7b8690", hover="#e6eaed",
    selected="#d5e6f5", text="#1a2025", muted="#545f69", accent="#19609f", on_accent="#ffffff",
    good="#1b6b49", warn="#7d5200", danger="#ad2219", image_black="#000000", on_image="#d9dee2",
)  # fmt: skip
THEMES = {"dark": DARK, "light": LIGHT}

SMALL, BODY, HEADING, TITLE = 11, 13, 15, 20
"""The four sizes of text, in pixels before scaling."""

FAMILIES = ("Noto Sans", "Segoe UI", "SF Pro Text", "Helvetica Neue", "DejaVu Sans")
"""The letter is set in the first, which is in `resources/fonts`; the others stand in where it is missing."""
RESOURCES = Path(__file__).resolve().parents[2] / "resources"
FONTS = RESOURCES / "fonts"


class _Current:
    """The theme in use; one per process, as there is one QApplication."""

    tokens = DARK
    scale = 1.0


def tokens() -> Tokens:
    """The colours in use now; ask while painting, do not keep."""
    return _Current.tokens


def colour(name: str) -> QColor:
    """A token of the theme in use as a QColor, such as `colour("accent")`."""
    return QColor(getattr(_Current.tokens, name))


def size(pixels: int) -> int:
    """A size of text after the user's scale."""
    return round(pixels * _Current.scale)


def font(pixels: int = BODY, *, bold: bool = False) -> QFont:
    """The one family with tabular figures, in one of the four sizes."""
    made = QFont(QApplication.font())
    made.setPixelSize(size(pixels))
    made.setBold(bold)
    return made


def apply(app: QApplication, name: str, scale: float = 1.0) -> None:
    """Dress the application in a theme: `dark` or `light`; an unknown name means dark.

    Args:
        app: The one application.
        name: `dark` or `light`.
        scale: Factor on every size of text, 0.8 to 2.
    """
    _Current.tokens = THEMES.get(name, DARK)
    _Current.scale = min(max(scale, 0.8), 2.0)
    app.setStyle("Fusion")
    app.setFont(_base_font())
    app.setPalette(_palette(_Current.tokens))
    app.setStyleSheet(stylesheet(_Current.tokens))


def _base_font() -> QFont:
    if FONTS.is_dir() and not any(family in QFontDatabase.families() for family in FAMILIES[:1]):
        for file in sorted(FONTS.glob("*.[ot]tf")):
            QFontDatabase.addApplicationFont(str(file))
    known = set(QFontDatabase.families())
    base = QFont([family for family in FAMILIES if family in known] or QFont().families())
    base.setPixelSize(size(BODY))
    base.setFeature(QFont.Tag("tnum"), 1)
    return base


def _palette(theme: Tokens) -> QPalette:
    """For what a stylesheet does not reach: item views, painted widgets, the selection of text."""
    palette = QPalette()
    role = QPalette.ColorRole
    for part, value in (
        (role.Window, theme.surface), (role.WindowText, theme.text), (role.Base, theme.sunken),
        (role.AlternateBase, theme.raised), (role.Text, theme.text), (role.PlaceholderText, theme.muted),
        (role.Button, theme.raised), (role.ButtonText, theme.text), (role.BrightText, theme.danger),
        (role.Highlight, theme.selected), (role.HighlightedText, theme.text), (role.Link, theme.accent),
        (role.ToolTipBase, theme.raised), (role.ToolTipText, theme.text), (role.Mid, theme.line),
        (role.Accent, theme.accent),
    ):  # fmt: skip
        palette.setColor(part, QColor(value))
    for part in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, part, QColor(theme.edge))
    return palette


def stylesheet(theme: Tokens) -> str:
    """The whole stylesheet of one theme.

    Widgets choose among it by two dynamic properties: `role` of labels and frames (title, heading, small, muted, good,
    warn, danger, card, pane, banner) and `kind` of buttons (primary, quiet, chip, rail).
    """
    return "\n".join((_text(theme), _frames(theme), _buttons(theme), _fields(theme), _views(theme), _desk(theme)))


def _icon(t: Tokens, name: str) -> str:
    return (RESOURCES / "icons" / f"{name}-{'dark' if t is DARK else 'light'}.svg").as_posix()


def _text(t: Tokens) -> str:
    return f"""
QWidget {{ color: {t.text}; }}
QMainWindow, QDialog, QStackedWidget {{ background: {t.surface}; }}
QLabel {{ background: transparent; }}
QLabel[role="title"] {{ font-size: {size(TITLE)}px; font-weight: 600; }}
QLabel[role="heading"] {{ font-size: {size(HEADING)}px; font-weight: 600; }}
QLabel[role="strong"] {{ font-weight: 600; }}
QLabel[role="small"] {{ font-size: {size(SMALL)}px; color: {t.muted}; }}
QLabel[role="muted"] {{ color: {t.muted}; }}
QLabel[role="good"] {{ color: {t.good}; }}
QLabel[role="warn"] {{ color: {t.warn}; }}
QLabel[role="danger"] {{ color: {t.danger}; }}
QLabel[role="readout"] {{ color: {t.on_image}; background: {t.image_black}; padding: 1px 4px; }}
QLabel[role="mono"] {{ font-family: "Noto Sans Mono", "DejaVu Sans Mono", monospace; font-size: {size(HEADING)}px; }}
QLabel[role="key"] {{ color: {t.muted}; background: {t.surface}; border: 1px solid {t.line}; border-radius: 3px;
    padding: 1px 6px; font-size: {size(SMALL)}px; }}
QToolTip {{ color: {t.text}; background: {t.raised}; border: 1px solid {t.edge}; padding: 4px 8px; }}
"""


def _frames(t: Tokens) -> str:
    return f"""
QFrame[role="card"] {{ background: {t.raised}; border: 1px solid {t.line}; border-radius: 6px; }}
QFrame[role="pane"], QWidget[role="pane"] {{ background: {t.raised}; }}
QFrame[role="rail"] {{ background: {t.raised}; border-right: 1px solid {t.line}; }}
QFrame[role="patient"] {{ background: {t.raised}; border-bottom: 1px solid {t.line}; }}
QFrame[role="status"] {{ background: {t.raised}; border-top: 1px solid {t.line}; }}
QFrame[role="toolbar"] {{ background: {t.raised}; border-bottom: 1px solid {t.line}; }}
QFrame[role="foot"] {{ background: {t.raised}; border-top: 1px solid {t.line}; }}
QFrame[role="dock-title"] {{ background: {t.surface}; border-bottom: 1px solid {t.line}; }}
QFrame[role="upright"] {{ background: {t.line}; border: none; }}
QFrame[role="hairline"] {{ background: {t.line}; border: none; max-height: 1px; min-height: 1px; }}
QFrame[role="notice"] {{ background: {t.raised}; border-left: 4px solid {t.accent};
    border-bottom: 1px solid {t.line}; }}
QFrame[role="notice-warn"] {{ background: {t.raised}; border-left: 4px solid {t.warn};
    border-bottom: 1px solid {t.line}; }}
QFrame[role="notice-danger"] {{ background: {t.raised}; border-left: 4px solid {t.danger};
    border-bottom: 1px solid {t.line}; }}
QFrame[role="popover"] {{ background: {t.raised}; border: 1px solid {t.edge}; border-radius: 6px; }}
QFrame[role="image"], QWidget[role="image"] {{ background: {t.image_black}; }}
"""


def _buttons(t: Tokens) -> str:
    return f"""
QPushButton, QToolButton {{ background: {t.hover}; border: 1px solid {t.line}; border-radius: 4px; padding: 4px 12px;
    min-height: 20px; }}
QToolButton {{ padding: 4px; }}
QPushButton:hover, QToolButton:hover {{ border-color: {t.edge}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {t.line}; }}
QPushButton:focus, QToolButton:focus {{ border: 2px solid {t.accent}; padding: 3px 11px; }}
QToolButton:focus {{ padding: 3px; }}
QPushButton:disabled, QToolButton:disabled {{ color: {t.edge}; background: transparent; }}
QPushButton[kind="primary"] {{ background: {t.accent}; color: {t.on_accent}; border-color: {t.accent};
    font-weight: 600; }}
QPushButton[kind="primary"]:hover {{ border-color: {t.text}; }}
QPushButton[kind="primary"]:focus {{ border: 2px solid {t.text}; }}
QPushButton[kind="primary"]:disabled {{ background: {t.hover}; color: {t.muted}; border-color: {t.line}; }}
QPushButton[kind="quiet"], QToolButton[kind="quiet"] {{ background: transparent; border-color: transparent; }}
QPushButton[kind="quiet"]:hover, QToolButton[kind="quiet"]:hover {{ background: {t.hover}; }}
QToolButton[kind="quiet"]:checked {{ background: {t.selected}; border-color: {t.line}; }}
QPushButton[kind="quiet"]:focus, QToolButton[kind="quiet"]:focus {{ border-color: {t.accent}; }}
QPushButton[kind="link"] {{ background: transparent; border-color: transparent; color: {t.accent}; padding: 4px 4px;
    text-align: left; }}
QPushButton[kind="link"]:hover {{ text-decoration: underline; }}
QPushButton[kind="link"]:disabled {{ color: {t.edge}; }}
QPushButton[kind="link"]:focus {{ border: 2px solid {t.accent}; padding: 3px 3px; }}
QPushButton[kind="chip"] {{ background: transparent; border: 1px solid {t.line}; border-radius: 13px;
    padding: 2px 12px; }}
QPushButton[kind="chip"]:hover {{ border-color: {t.edge}; }}
QPushButton[kind="chip"]:checked {{ background: {t.selected}; border-color: {t.accent}; }}
QPushButton[kind="chip"]:focus {{ border: 2px solid {t.accent}; padding: 1px 11px; }}
QToolButton[kind="rail"] {{ background: transparent; border: 2px solid transparent; border-left: 3px solid transparent;
    border-radius: 0; padding: 6px 2px; font-size: {size(SMALL)}px; color: {t.muted}; }}
QToolButton[kind="rail"]:hover {{ background: {t.hover}; color: {t.text}; }}
QToolButton[kind="rail"]:checked {{ color: {t.text}; border-left-color: {t.accent}; background: {t.hover}; }}
QToolButton[kind="rail"]:focus {{ border: 2px solid {t.accent}; }}
QToolButton[kind="rail"]:disabled {{ color: {t.edge}; }}
"""


def _fields(t: Tokens) -> str:
    return f"""
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QComboBox {{ background: {t.sunken}; border: 1px solid {t.edge};
    border-radius: 4px; padding: 4px 8px; selection-background-color: {t.selected}; selection-color: {t.text}; }}
QLineEdit, QComboBox, QSpinBox {{ min-height: 20px; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QComboBox:focus {{
    border: 2px solid {t.accent}; padding: 3px 7px; }}
QLineEdit:disabled, QComboBox:disabled, QPlainTextEdit:disabled {{ color: {t.muted}; border-color: {t.line}; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox::down-arrow {{ image: url("{_icon(t, "down")}"); width: 12px; height: 12px; }}
QSpinBox::up-button, QSpinBox::down-button {{ border: none; width: 20px; }}
QSpinBox::up-button:hover, QSpinBox::down-button:hover {{ background: {t.hover}; }}
QSpinBox::up-arrow {{ image: url("{_icon(t, "up")}"); width: 12px; height: 12px; }}
QSpinBox::down-arrow {{ image: url("{_icon(t, "down")}"); width: 12px; height: 12px; }}
QComboBox QAbstractItemView {{ background: {t.raised}; border: 1px solid {t.edge}; }}
QCheckBox, QRadioButton {{ spacing: 8px; background: transparent; padding: 3px; border: 2px solid transparent;
    border-radius: 4px; }}
QCheckBox:focus, QRadioButton:focus {{ border-color: {t.accent}; }}
QCheckBox::indicator, QRadioButton::indicator {{ width: 14px; height: 14px; background: {t.sunken};
    border: 1px solid {t.edge}; border-radius: 3px; }}
QCheckBox::indicator:checked {{ background: {t.accent}; border-color: {t.accent}; image: url("{_icon(t, "check")}"); }}
QCheckBox::indicator:disabled {{ background: {t.raised}; border-color: {t.line}; }}
QRadioButton::indicator {{ border-radius: 8px; }}
QRadioButton::indicator:checked {{ background: {t.on_accent}; border: 4px solid {t.accent}; width: 8px; height: 8px; }}
QProgressBar {{ background: {t.line}; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: 2px; }}
QSlider::groove:horizontal {{ background: {t.line}; height: 4px; border-radius: 2px; }}
QSlider::handle:horizontal {{ background: {t.accent}; width: 12px; margin: -4px 0; border-radius: 6px; }}
"""


def _views(t: Tokens) -> str:
    return f"""
QTableView, QTreeView, QListView, QListWidget, QTableWidget, QTreeWidget {{ background: {t.raised};
    alternate-background-color: {t.raised}; border: none; gridline-color: {t.line}; outline: none;
    selection-background-color: {t.selected}; selection-color: {t.text}; }}
QTableView:focus, QTreeView:focus, QListView:focus {{ border: 1px solid {t.accent}; }}
QTableView::item, QTreeView::item, QListView::item {{ padding: 4px 8px; border: none; }}
QTableView::item:hover, QTreeView::item:hover, QListView::item:hover {{ background: {t.hover}; }}
QTableView::item:selected, QTreeView::item:selected, QListView::item:selected {{ background: {t.selected};
    color: {t.text}; }}
QHeaderView {{ background: {t.raised}; border: none; }}
QHeaderView::section {{ background: {t.raised}; color: {t.muted}; border: none; border-bottom: 1px solid {t.line};
    padding: 6px 8px 6px 12px; font-size: {size(SMALL)}px; font-weight: 400; }}
QScrollArea {{ background: transparent; border: none; }}
QScrollArea > QWidget > QWidget[role="page"] {{ background: transparent; }}
QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
QScrollBar::handle {{ background: {t.line}; border-radius: 3px; margin: 3px; min-height: 24px; min-width: 24px; }}
QScrollBar::handle:hover {{ background: {t.edge}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QTabBar::tab {{ background: transparent; color: {t.muted}; padding: 6px 12px; border: none;
    border-bottom: 2px solid transparent; }}
QTabBar::tab:hover {{ color: {t.text}; }}
QTabBar::tab:selected {{ color: {t.text}; border-bottom-color: {t.accent}; }}
QTabBar::tab:focus {{ background: {t.selected}; }}
QTabWidget::pane {{ border: none; border-top: 1px solid {t.line}; }}
QMenu {{ background: {t.raised}; border: 1px solid {t.edge}; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 12px; border-radius: 3px; }}
QMenu::item:selected {{ background: {t.selected}; }}
QMenu::item:disabled {{ color: {t.edge}; }}
QMenu::separator {{ height: 1px; background: {t.line}; margin: 4px 8px; }}
"""


def _desk(t: Tokens) -> str:
    return f"""
QMainWindow::separator {{ background: {t.surface}; width: 4px; height: 4px; }}
QMainWindow::separator:hover {{ background: {t.accent}; }}
QSplitter::handle {{ background: {t.line}; }}
QSplitter::handle:horizontal {{ width: 1px; }}
QSplitter::handle:vertical {{ height: 1px; }}
QSplitter::handle:hover {{ background: {t.accent}; }}
QDockWidget {{ color: {t.muted}; font-size: {size(SMALL)}px; }}
QDockWidget > QWidget {{ background: {t.raised}; }}
"""

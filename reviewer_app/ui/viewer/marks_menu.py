"""The button of the tool strip that offers every tool for measuring."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton

from reviewer_app.ui.actions import command
from reviewer_app.ui.viewer.state import Tool
from reviewer_app.ui.widgets.icons import icon

_OFFERED = (
    ("images.length", "images.angle", "images.cobb"),
    ("images.ellipse", "images.rectangle", "images.polygon", "images.probe", "images.region_window"),
    ("images.arrow", "images.text"),
    ("images.calibrate", "images.calibrate_series", "images.uncalibrate"),
)


class MeasureButton(QToolButton):
    """Opens the list of tools; says which one is in hand.

    Args:
        actions: Of the images pane, by command id.
    """

    def __init__(self, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self._actions = actions
        self.setProperty("kind", "quiet")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setToolTip("Tools for measuring")
        self.setAccessibleName("Tools for measuring")
        self.clicked.connect(self._offer)
        self.show_tool(Tool.SCROLL)

    def show_tool(self, tool: Tool) -> None:
        """Name the tool in hand, if it is one for measuring."""
        self.setText(f"{tool.value.capitalize() if tool.shape is not None else 'Measure'} ▾")

    def _offer(self) -> None:
        menu = QMenu(self)
        for group in _OFFERED:
            if not menu.isEmpty():
                menu.addSeparator()
            for identifier in group:
                known = command(identifier)
                shown = menu.addAction(f"{known.text}\t{known.shown_keys}")
                if known.icon:
                    shown.setIcon(icon(known.icon))
                shown.triggered.connect(self._actions[identifier].trigger)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))

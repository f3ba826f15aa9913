"""The strip above the trends: units, scale, lanes, overview, and export, which asks before it writes.

What has no room in a narrow pane is in a menu at its end.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from reviewer_app.domain.analyte import System
from reviewer_app.ui.labs.state import LabsState, Scaling
from reviewer_app.ui.widgets.text import button, frame, label

_SYSTEMS = {System.RECEIVED: "As received", System.SI: "SI units", System.CONVENTIONAL: "Conventional units"}
_SCALINGS = {Scaling.LINEAR: "Linear", Scaling.LOG: "Logarithmic", Scaling.CHANGE: "Change from first"}

_ROOMY, _NARROW = 620, 520
"""Widths in pixels from which choices can be read whole, and below which all but the units is in the menu."""
_SHORT = 9
"""Characters that are left of a choice where it is narrow."""


class LabTools(QWidget):
    """What can be done with the trends.

    Signals:
        system_chosen, scaling_chosen, lanes_wanted, overview_wanted, cite_trend_wanted, export_wanted, export_to: As in
            `LabsView`.
    """

    system_chosen = Signal(object)
    scaling_chosen = Signal(object)
    lanes_wanted = Signal(bool)
    overview_wanted = Signal(bool)
    cite_trend_wanted = Signal()
    export_wanted = Signal(bool)
    export_to = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._systems = _choice("Units of the results", list(_SYSTEMS.values()))
        self._scalings = _choice("Scale of the values", list(_SCALINGS.values()))
        self._lanes = button("Therapy", "chip", tip="Medications and imaging below the trends", checkable=True)
        self._overview = button("Overview", "chip", tip="All analytes as small pictures", checkable=True)
        self._export = button("Export", "quiet", tip="Write all results to a CSV file")
        self._more = button("More \u25be", "quiet", name="More", tip="Scale of the values, overview, export")
        self._asking, self._question = frame("notice-warn"), label("", wrap=True)
        self._save, self._cancel = button("Save as\u2026"), button("Cancel", "quiet")
        self._lay_out()
        self._connect()

    def show_state(self, state: LabsState) -> None:
        """Show what is chosen."""
        self._systems.setCurrentIndex(list(_SYSTEMS).index(state.system))
        self._scalings.setCurrentIndex(list(_SCALINGS).index(state.scaling))
        self._lanes.setChecked(state.with_lanes)
        self._lanes.setEnabled(bool(state.lanes))
        self._overview.setChecked(bool(state.overview))
        asked = bool(state.export) and not self._question.text()
        self._question.setText(state.export)
        self._asking.setVisible(bool(state.export))
        if asked:
            self._save.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: where it is narrow the choices shorten, and what is left over goes into the menu."""
        super().resizeEvent(event)
        width = event.size().width()
        for choice in (self._systems, self._scalings):
            choice.setMinimumContentsLength(_full(choice) if width >= _ROOMY else _SHORT)
        for part in (self._export, self._overview, self._scalings):
            part.setVisible(width >= _NARROW)
        self._more.setVisible(width < _NARROW)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape answers that nothing shall be exported."""
        if event.key() == Qt.Key.Key_Escape and self._asking.isVisible():
            self.export_wanted.emit(False)
        else:
            super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:
        """Qt: as little as it can do with."""
        return QSize(300, super().minimumSizeHint().height())

    def next_system(self) -> None:
        """Ask for the next system of units."""
        known = list(_SYSTEMS)
        self.system_chosen.emit(known[(self._systems.currentIndex() + 1) % len(known)])

    def turn_overview(self) -> None:
        """Ask for the overview, or for the trends again."""
        self.overview_wanted.emit(not self._overview.isChecked())

    def next_scaling(self) -> None:
        """Ask for the next scale."""
        known = list(_SCALINGS)
        self.scaling_chosen.emit(known[(self._scalings.currentIndex() + 1) % len(known)])

    def turn_lanes(self) -> None:
        """Ask for medications and imaging below the trends, or to leave them out."""
        if self._lanes.isEnabled():
            self.lanes_wanted.emit(not self._lanes.isChecked())

    def _offer(self) -> None:
        menu = QMenu(self)
        for at, (scaling, text) in enumerate(_SCALINGS.items()):
            shown = menu.addAction(text)
            shown.setCheckable(True)
            shown.setChecked(at == self._scalings.currentIndex())
            shown.triggered.connect(lambda _checked=False, scaling=scaling: self.scaling_chosen.emit(scaling))
        menu.addSeparator()
        menu.addAction("Cite the whole trend").triggered.connect(self.cite_trend_wanted)
        shown = menu.addAction("Overview")
        shown.setCheckable(True)
        shown.setChecked(self._overview.isChecked())
        shown.triggered.connect(self.turn_overview)
        menu.addAction("Export\u2026").triggered.connect(lambda: self.export_wanted.emit(True))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._more.mapToGlobal(QPoint(0, self._more.height())))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 0)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(8)
        for part in (self._systems, self._scalings, self._lanes, self._overview):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self._export)
        row.addWidget(self._more)
        column.addLayout(row)
        inside = QHBoxLayout(self._asking)
        inside.setContentsMargins(8, 4, 8, 4)
        inside.addWidget(self._question, 1)
        inside.addWidget(self._cancel)
        inside.addWidget(self._save)
        column.addWidget(self._asking)
        self._asking.hide()

    def _connect(self) -> None:
        self._systems.activated.connect(lambda at: self.system_chosen.emit(list(_SYSTEMS)[at]))
        self._scalings.activated.connect(lambda at: self.scaling_chosen.emit(list(_SCALINGS)[at]))
        self._lanes.clicked.connect(self.lanes_wanted)
        self._overview.clicked.connect(self.overview_wanted)
        self._export.clicked.connect(lambda: self.export_wanted.emit(True))
        self._more.clicked.connect(self._offer)
        self._cancel.clicked.connect(lambda: self.export_wanted.emit(False))
        self._save.clicked.connect(self._on_save)

    def _on_save(self) -> None:
        path, _kind = QFileDialog.getSaveFileName(self, "Save results", "results.csv", "CSV (*.csv)")
        if path:
            self.export_to.emit(path)


def _choice(name: str, texts: list[str]) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.setToolTip(name)
    made.addItems(texts)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(_full(made))
    return made


def _full(choice: QComboBox) -> int:
    """Characters with which every choice can be read."""
    return max(len(choice.itemText(at)) for at in range(choice.count())) - 3

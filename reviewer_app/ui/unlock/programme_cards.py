"""The first programme: the practice clinic, or the addresses and login of a real one."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from reviewer_app.ui.unlock.cards import Card
from reviewer_app.ui.unlock.state import ProgrammeForm
from reviewer_app.ui.widgets.fields import Field
from reviewer_app.ui.widgets.text import button, frame, label

_LOGINS = (("User and password", "basic"), ("Token", "bearer"), ("No login", "none"))


class StartCard(Card):
    """Where shall cases come from?"""

    practice = Signal()
    connect_to = Signal()
    later = Signal()

    def __init__(self) -> None:
        super().__init__(
            "Where do your cases come from?", "Your vault is ready and empty. You can add programmes at any time."
        )
        main = button("Open the practice clinic", "primary")
        main.clicked.connect(self.practice)
        self.column.addWidget(main)
        self.column.addWidget(
            label(
                "Three invented patients on real servers that run on this machine only. Nothing leaves it.",
                "small",
                wrap=True,
            )
        )
        self.column.addSpacing(8)
        self.column.addWidget(frame("hairline"))
        self.column.addSpacing(8)
        other = button("Connect to a programme")
        other.clicked.connect(self.connect_to)
        self.column.addWidget(other)
        self.column.addWidget(
            label("With the addresses and login that the hospital or programme gave you.", "small", wrap=True)
        )
        later = button("Later", "link")
        later.clicked.connect(self.later)
        self.finish(later)


class ConnectCard(Card):
    """Addresses and login of a programme."""

    enrol = Signal(object)
    back = Signal()

    def __init__(self) -> None:
        super().__init__(
            "Connect to a programme",
            "The programme gives you these. Nothing is sent before both servers have answered.",
        )
        self.fhir = Field("Record server (FHIR R4)", placeholder="https://records.example.org/fhir")
        self.dicomweb = Field("Image server (DICOMweb)", placeholder="https://images.example.org/dicom-web")
        self.login = QComboBox()
        self.login.setAccessibleName("Login")
        for words, value in _LOGINS:
            self.login.addItem(words, value)
        self.user, self.secret = Field("User"), Field("Password", secret=True)
        self.same = QCheckBox("The image server takes the same login")
        self.same.setChecked(True)
        self.image_login = QComboBox()
        self.image_login.setAccessibleName("Login of the image server")
        for words, value in _LOGINS:
            self.image_login.addItem(words, value)
        self.image_user = Field("User of the image server")
        self.image_secret = Field("Password of the image server", secret=True)
        self.reviewer = Field("Your reference there (optional)", placeholder="Practitioner/...")
        login = QWidget()
        column = QVBoxLayout(login)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(label("Login", "muted"))
        column.addWidget(self.login)
        for widget in (self.fhir, self.dicomweb, login, self.user, self.secret, self.same,
                       self.image_login, self.image_user, self.image_secret, self.reviewer):  # fmt: skip
            self.column.addWidget(widget)
        self.login.currentIndexChanged.connect(self._fit)
        self.image_login.currentIndexChanged.connect(self._fit)
        self.same.toggled.connect(self._fit)
        main, back = button("Check and connect", "primary"), button("Back", "link")
        main.clicked.connect(lambda: self.enrol.emit(self.form()))
        back.clicked.connect(self.back)
        self.finish(main, back)
        self._fit()

    def form(self) -> ProgrammeForm:
        """What was typed."""
        return ProgrammeForm(
            fhir_url=self.fhir.text.strip(),
            dicomweb_url=self.dicomweb.text.strip(),
            login=str(self.login.currentData()),
            user=self.user.text.strip(),
            secret=self.secret.text,
            same_login=self.same.isChecked(),
            image_login=str(self.image_login.currentData()),
            image_user=self.image_user.text.strip(),
            image_secret=self.image_secret.text,
            reviewer=self.reviewer.text.strip(),
        )

    def _fit(self) -> None:
        kind, image = self.login.currentData(), self.image_login.currentData()
        self.user.setVisible(kind == "basic")
        self.secret.setVisible(kind != "none")
        self.secret.caption.setText("Token" if kind == "bearer" else "Password")
        apart = not self.same.isChecked()
        self.image_login.setVisible(apart)
        self.image_user.setVisible(apart and image == "basic")
        self.image_secret.setVisible(apart and image != "none")
        self.image_secret.caption.setText(f"{'Token' if image == 'bearer' else 'Password'} of the image server")

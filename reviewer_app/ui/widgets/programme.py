"""Addresses and login of a programme, as they are typed on the way in and in the settings."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from reviewer_app.domain.profile import AuthKind, Credentials, Server
from reviewer_app.ui.widgets.fields import Field
from reviewer_app.ui.widgets.text import label

_LOGINS = (("User and password", AuthKind.BASIC), ("Token", AuthKind.BEARER), ("No login", AuthKind.NONE))


@dataclass(frozen=True, slots=True)
class ProgrammeForm:
    """What was typed to connect to a programme.

    Attributes:
        login: none, basic or bearer (`domain.profile.AuthKind` values); `image_login` likewise.
        same_login: Whether the image server takes the same login.
    """

    fhir_url: str
    dicomweb_url: str
    login: str = "none"
    user: str = ""
    secret: str = ""
    same_login: bool = True
    image_login: str = "none"
    image_user: str = ""
    image_secret: str = ""
    reviewer: str = ""


def logins(form: ProgrammeForm) -> tuple[Credentials, Credentials]:
    """What was typed, for the record server and for the image server."""
    records = _login(form.login, form.user, form.secret)
    return records, records if form.same_login else _login(form.image_login, form.image_user, form.image_secret)


class ProgrammeFields(QWidget):
    """The lines to type into."""

    def __init__(self) -> None:
        super().__init__()
        self.fhir = Field("Record server (FHIR R4)", placeholder="https://records.example.org/fhir")
        self.dicomweb = Field("Image server (DICOMweb)", placeholder="https://images.example.org/dicom-web")
        self.login, self.image_login = _choice("Login"), _choice("Login of the image server")
        self.user, self.secret = Field("User"), Field("Password", secret=True)
        self.same = QCheckBox("The image server takes the same login")
        self.same.setChecked(True)
        self.image_user = Field("User of the image server")
        self.image_secret = Field("Password of the image server", secret=True)
        self.reviewer = Field("Your reference there (optional)", placeholder="Practitioner/...")
        login = QWidget()
        below = QVBoxLayout(login)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(4)
        below.addWidget(label("Login", "muted"))
        below.addWidget(self.login)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for widget in (self.fhir, self.dicomweb, login, self.user, self.secret, self.same,
                       self.image_login, self.image_user, self.image_secret, self.reviewer):  # fmt: skip
            column.addWidget(widget)
        self.login.currentIndexChanged.connect(self._fit)
        self.image_login.currentIndexChanged.connect(self._fit)
        self.same.toggled.connect(self._fit)
        self._fit()

    def form(self) -> ProgrammeForm:
        """What was typed."""
        return ProgrammeForm(
            fhir_url=self.fhir.text.strip(),
            dicomweb_url=self.dicomweb.text.strip(),
            login=self.login.currentData(),
            user=self.user.text.strip(),
            secret=self.secret.text,
            same_login=self.same.isChecked(),
            image_login=self.image_login.currentData(),
            image_user=self.image_user.text.strip(),
            image_secret=self.image_secret.text,
            reviewer=self.reviewer.text.strip(),
        )

    def fill(self, server: Server | None) -> None:
        """Show what is known of a programme, or nothing for a new one; secrets are never shown."""
        known = server or Server("", "", "", Credentials(AuthKind.BASIC), Credentials(AuthKind.BASIC))
        keeps = "empty keeps the present one" if server else ""
        for field, text in (
            (self.fhir, known.fhir_url),
            (self.dicomweb, known.dicomweb_url),
            (self.user, known.fhir_auth.user),
            (self.image_user, known.dicomweb_auth.user),
            (self.reviewer, known.reviewer),
        ):
            field.line.setText(text)
        for secret in (self.secret, self.image_secret):
            secret.clear()
            secret.line.setPlaceholderText(keeps)
        self.login.setCurrentIndex(self.login.findData(known.fhir_auth.kind.value))
        self.image_login.setCurrentIndex(self.image_login.findData(known.dicomweb_auth.kind.value))
        self.same.setChecked(known.fhir_auth == known.dicomweb_auth)
        self.fhir.line.setReadOnly(server is not None)
        self._fit()

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


def _choice(name: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    for words, kind in _LOGINS:
        made.addItem(words, kind.value)
    return made


def _login(kind: str, user: str, secret: str) -> Credentials:
    known = AuthKind(kind)
    if known is AuthKind.NONE:
        return Credentials()
    return Credentials(known, user if known is AuthKind.BASIC else "", secret)

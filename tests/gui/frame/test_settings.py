"""Who signs is kept in the vault; what cannot be used is refused in one sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.profile import AuthKind, Credentials, Server
from reviewer_app.errors import BadInput, SigningProblem
from reviewer_app.services import enrolment, hanging, identity, opinions, programmes
from reviewer_app.services import session as sessions
from reviewer_app.ui.settings.presenter import SettingsPresenter
from reviewer_app.ui.settings.view import SettingsView
from tests.desks import PASSPHRASE


@pytest.fixture
def settings(qtbot, context):
    view, themes = SettingsView(), []
    qtbot.addWidget(view)
    view.resize(1200, 860)
    view.show()
    presenter = SettingsPresenter(view, context, lambda: themes.append(1))
    presenter.start()
    qtbot.waitUntil(lambda: not presenter.state.busy)
    yield presenter, view, themes
    presenter.close()


def test_the_profile_is_kept_in_the_vault(settings, session, qtbot):
    presenter, view, _ = settings
    assert view._name.text == "Dr. Sofia Marchetti"
    view._organisation.line.clear()
    QTest.keyClicks(view._organisation.line, "Second Opinion Programme")
    view._save.click()
    qtbot.waitUntil(lambda: presenter.state.said == "Profile saved.")
    kept = opinions.author(session)
    assert kept.organisation == "Second Opinion Programme"
    assert kept.name == "Dr. Sofia Marchetti"


def test_a_licence_that_ends_on_no_date_is_refused(settings, session):
    presenter, _, _ = settings
    before = opinions.author(session)
    presenter.save_author(replace(before, licence_ends=PartialDate("next year")))
    assert isinstance(presenter.state.problem, BadInput)
    assert opinions.author(session) == before


def test_a_practice_identity_can_be_made(settings, session, qtbot):
    presenter, _, _ = settings
    assert presenter.state.signer == ""
    presenter.make_practice()
    qtbot.waitUntil(lambda: bool(presenter.state.signer), timeout=30_000)
    assert presenter.state.signer == identity.current(session)


def test_a_file_that_is_no_identity_changes_nothing(settings, session, qtbot, tmp_path):
    presenter, _, _ = settings
    (tmp_path / "id.p12").write_bytes(b"not a PKCS#12 file")
    presenter.import_identity(str(tmp_path / "id.p12"), "secret")
    qtbot.waitUntil(lambda: presenter.state.problem is not None, timeout=30_000)
    assert isinstance(presenter.state.problem, SigningProblem)
    assert identity.current(session) is None


def test_the_theme_is_kept_and_applied(settings, context):
    presenter, _, themes = settings
    presenter.choose_theme("light")
    assert context.settings.text("theme") == "light"
    assert themes == [1]


def test_how_opinions_are_written_is_kept_and_shown(settings, context):
    _presenter, view, _themes = settings
    chips = {chip.accessibleName(): chip for chip in view.writing.findChildren(QPushButton)}
    for name, preference, value in (
        ("First opinion, until my own diagnosis is saved: Kept back", "blind_first", "on"),
        ("Spelling: American", "spelling", "en_US"),
        ("Paper of the letter: Letter", "paper", "Letter"),
    ):
        chips[name].click()
        assert context.settings.text(preference) == value
        assert chips[name].isChecked()


def test_declared_interests_are_kept_with_the_profile(settings, session, qtbot):
    _presenter, view, _themes = settings
    view._interests.line.setText("Advisory board of a maker of stents")
    view._save.click()
    qtbot.waitUntil(lambda: session.vault.profile.author().interests != "", timeout=5000)


def test_a_server_that_does_not_answer_changes_nothing_and_the_form_stays(settings, session, qtbot):
    presenter, view, _ = settings
    before = session.vault.profile.servers()
    assert presenter.state.servers == programmes.known(session)
    presenter.ask(presenter.state.servers[0])
    view.programmes.fields.login.setCurrentIndex(0)
    QTest.keyClicks(view.programmes.fields.user.line, "marchetti")
    QTest.keyClicks(view.programmes.fields.secret.line, "new password")
    view.programmes.check.click()
    qtbot.waitUntil(lambda: presenter.state.problem is not None, timeout=60_000)
    assert presenter.state.asking
    assert session.vault.profile.servers() == before


@pytest.fixture
def answering(monkeypatch):
    """Both servers answer; what they say is tested with real ones in the integration tests."""
    monkeypatch.setattr(enrolment, "_look", lambda *_words: [("FHIR version", "4.0.1")])


def test_a_new_password_of_a_known_programme_is_kept_with_everything_else_that_is_known(
    settings, session, qtbot, answering
):
    presenter, view, _ = settings
    old = Credentials(AuthKind.BASIC, "marchetti", "old")
    session.vault.profile.put_server(
        Server("srv", "http://127.0.0.1:1/fhir", "http://127.0.0.1:1/dicom-web", old, old, "Practitioner/1", True)
    )
    presenter.start()
    qtbot.waitUntil(lambda: presenter.state.servers[0].reviewer == "Practitioner/1")
    presenter.ask(presenter.state.servers[0])
    assert view.programmes.fields.secret.text == ""
    QTest.keyClicks(view.programmes.fields.secret.line, "new")
    view.programmes.check.click()
    qtbot.waitUntil(lambda: not presenter.state.asking)
    (kept,) = session.vault.profile.servers()
    assert (kept.id, kept.reviewer, kept.quality_review) == ("srv", "Practitioner/1", True)
    assert kept.fhir_auth == kept.dicomweb_auth == Credentials(AuthKind.BASIC, "marchetti", "new")


def test_a_second_programme_can_be_added_in_the_settings(settings, session, qtbot, answering):
    presenter, view, _ = settings
    view.programmes.add.click()
    QTest.keyClicks(view.programmes.fields.fhir.line, "https://records.example.org/fhir")
    view.programmes.check.click()
    qtbot.waitUntil(lambda: len(presenter.state.servers) == 2)
    assert {one.fhir_url for one in session.vault.profile.servers()} >= {"https://records.example.org/fhir"}


def test_an_empty_password_keeps_the_present_one_of_the_same_user(session, answering):
    old = Credentials(AuthKind.BASIC, "marchetti", "old")
    session.vault.profile.put_server(Server("srv", "http://127.0.0.1:1/fhir", "", old))
    typed = Credentials(AuthKind.BASIC, "marchetti", "")
    programmes.connect(session, "http://127.0.0.1:1/fhir", "", typed, Credentials())
    assert session.vault.profile.server("srv").fhir_auth == old


def test_no_password_of_a_programme_reaches_the_page(session):
    auth = Credentials(AuthKind.BASIC, "marchetti", "secret words")
    session.vault.profile.put_server(Server("srv", "http://127.0.0.1:1/fhir", "", auth, auth))
    assert all(
        "secret words" not in (one.fhir_auth.secret, one.dicomweb_auth.secret) for one in programmes.known(session)
    )


def test_the_passphrase_can_be_changed_and_the_old_one_opens_no_more(settings, session, qtbot):
    presenter, _, _ = settings
    presenter.change_passphrase(PASSPHRASE, "a new long passphrase", "another one")
    assert isinstance(presenter.state.problem, BadInput)
    presenter.change_passphrase(PASSPHRASE, "a new long passphrase", "a new long passphrase")
    qtbot.waitUntil(lambda: "new passphrase" in presenter.state.said, timeout=30_000)
    session.close()
    sessions.unlock(session.home, "a new long passphrase").close()


def test_the_size_of_text_is_kept_and_applied(settings, context):
    presenter, view, themes = settings
    view._scale.setValue(130)
    assert context.settings.number("text_scale") == 130
    assert presenter.state.text_scale == 130
    assert themes == [1]


def test_the_time_stamp_service_is_kept_where_it_is_a_web_address(settings, context, qtbot):
    presenter, view, _ = settings
    presenter.keep_service("tsa.example.org")
    qtbot.waitUntil(lambda: isinstance(presenter.state.problem, BadInput))
    assert context.settings.text("time_stamp_service") == ""
    QTest.keyClicks(view.signing._service.line, "http://tsa.example.org/ts")
    QTest.keyClick(view.signing._service.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: presenter.state.service == "http://tsa.example.org/ts")
    assert context.settings.text("time_stamp_service") == "http://tsa.example.org/ts"


def test_the_first_arrangement_of_a_hanging_protocol_is_chosen_from_a_list(settings, context):
    _, view, _ = settings
    choice = view.hanging._choices["PET/CT"]
    assert choice.currentText() == "CT beside PET"
    QTest.keyClick(choice, Qt.Key.Key_Down)
    assert choice.currentText() == "Laid over each other"
    assert "begins with" in view.hanging._said.text()
    wanted = next(known for known in hanging.preferred(context.settings) if known.name == "PET/CT")
    assert wanted.stages[0].name == "Laid over each other"
    QTest.keyClick(choice, Qt.Key.Key_End)
    assert "is not used" in view.hanging._said.text()
    assert "PET/CT" not in [known.name for known in hanging.preferred(context.settings)]


def test_scrolling_the_page_changes_nothing_that_the_mouse_passes_over(settings, context):
    _, view, _ = settings
    before = hanging.preferred(context.settings), context.settings.number("lock_minutes")
    choice = view.hanging._choices["Follow-up"]
    choice.setFocus()
    for field in (choice, view._minutes):
        spot = QPointF(field.rect().center())
        down = QPoint(0, -120)
        wheel = QWheelEvent(
            spot, QPointF(field.mapToGlobal(spot.toPoint())), down, down, Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(field, wheel)
        assert not wheel.isAccepted()  # so that Qt gives it to the page
    assert (hanging.preferred(context.settings), context.settings.number("lock_minutes")) == before

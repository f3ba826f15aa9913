"""Who signs is kept in the vault; what cannot be used is refused in one sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtTest import QTest

from reviewer_app.domain.dates import PartialDate
from reviewer_app.errors import BadInput, SigningProblem
from reviewer_app.services import identity, opinions
from reviewer_app.ui.settings.presenter import SettingsPresenter
from reviewer_app.ui.settings.view import SettingsView


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

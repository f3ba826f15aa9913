"""A real vault holding a shared case, and a context whose jobs run at once, for the records and laboratory panes."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reviewer_app.domain.case import Case, ServerCopy
from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.patient import Patient
from reviewer_app.domain.states import CaseState
from reviewer_app.errors import ReviewerError
from reviewer_app.fhir import attachments, decode, records, results
from reviewer_app.jobs import Job
from reviewer_app.services import session as sessions
from reviewer_app.services.session import Session

CASE = CaseId("0" * 32)
PASSPHRASE = "a long enough passphrase"


class Wire:
    """A signal without Qt: whoever is connected is called at once."""

    def __init__(self) -> None:
        self._ends: list[Callable[..., object]] = []
        self.sent: list[tuple[Any, ...]] = []

    def connect(self, end: Callable[..., object]) -> None:
        self._ends.append(end)

    def disconnect(self, end: Callable[..., object]) -> None:
        self._ends.remove(end)

    def emit(self, *what: Any) -> None:
        self.sent.append(what)
        for end in self._ends:
            end(*what)


class Recorder:
    """A view without widgets: remembers every state, and has a wire for every signal that is asked for."""

    def __init__(self) -> None:
        self.states: list[Any] = []
        self.drawn: list[Any] = []

    def show_state(self, state: Any) -> None:
        self.states.append(state)

    def show_page(self, page: Any) -> None:
        self.drawn.append(page)

    def show_words(self, index: int, words: Any) -> None:
        self.worded = (index, words)

    def __getattr__(self, name: str) -> Wire:
        wire = Wire()
        setattr(self, name, wire)
        return wire


@dataclass
class AtOnce:
    """A scope that runs each job where it is asked for."""

    def run(self, lane, work, then, *, on_error=None, on_progress=None):
        job = Job()
        try:
            answer = work(job)
        except ReviewerError as error:
            if on_error is None:
                raise
            on_error(error)
        else:
            then(answer)
        return job

    def close(self) -> None:
        pass


@dataclass
class Bench:
    """What a presenter is given."""

    session: Session
    case: Case
    bus: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(
        changed=Wire(), problem=Wire(), notice=Wire(), cite=Wire(), link=Wire(), show_place=Wire()
    ))  # fmt: skip
    runner: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(scope=AtOnce))

    @property
    def context(self) -> Any:
        return SimpleNamespace(session=self.session, runner=self.runner, bus=self.bus, settings=self.session.settings)


def a_case() -> Case:
    return Case(CASE, "s1", "SO-1", Patient(ref="Patient/p"), "A case", ServerCopy("Task/t"), CaseState.IN_REVIEW)


def fill(session: Session, folder: Path) -> None:
    """Put every resource and document of a shared case into the vault, as a sync would."""
    entries = json.loads((folder / "bundle.json").read_text("utf-8"))["entry"]
    text = (folder / "bundle.json").read_text("utf-8")
    for entry in entries:
        inside = entry["resource"]
        text = text.replace(entry["fullUrl"], f"{inside['resourceType']}/{inside['id']}")
    found = [decode.resource(json.dumps(e["resource"]).encode()) for e in _entries(text)]
    patient = next(each.ref for each in found if each.type == "Patient")
    binaries = {each.ref: base64.b64decode(each.content["data"]) for each in found if each.type == "Binary"}
    vault = session.vault
    with vault.transaction():
        for resource, entry in zip(found, _entries(text), strict=True):
            record = records.record(resource, patient, {})
            vault.records.put(CASE, record, json.dumps(entry["resource"]).encode())
            if resource.type == "Observation" and not record.unreadable:
                vault.results.put(CASE, results.results(resource, {}))
            for index, attachment in enumerate(record.attachments):
                data = attachments.inline(resource, index) or binaries.get(attachment.url)
                if data:
                    vault.records.hold(CASE, record.id, index, data)


def _entries(text: str) -> list[Any]:
    entries: list[Any] = json.loads(text)["entry"]
    return entries


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """An empty case in a real vault."""
    opened, _key = sessions.create(tmp_path / "home", PASSPHRASE)
    opened.vault.cases.put(a_case())
    yield Bench(opened, a_case())
    opened.close()


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Callable[[str], Path]:
    """Closed vaults with a case filled from a shared case folder, each made once; to be copied, not opened."""

    @cache
    def made(name: str) -> Path:
        home = tmp_path_factory.mktemp(name) / "home"
        opened, _key = sessions.create(home, PASSPHRASE)
        opened.vault.cases.put(a_case())
        fill(opened, next((shared / "data" / "cases").glob(f"{name}*")))
        opened.close()
        return home

    return made


@pytest.fixture
def filled(tmp_path: Path, stocked: Callable[[str], Path]) -> Iterator[Callable[[str], Bench]]:
    """The case filled from a shared case folder, named by its beginning: `case-03`; in a vault of the test's own."""
    with ExitStack() as opened:

        def load(name: str) -> Bench:
            home = shutil.copytree(stocked(name), tmp_path / name)
            session = sessions.unlock(home, PASSPHRASE)
            opened.callback(session.close)
            return Bench(session, a_case())

        yield load


@pytest.fixture
def recorder() -> type[Recorder]:
    return Recorder

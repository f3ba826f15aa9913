"""A real vault on a temporary path, and small true values to put into it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from reviewer_app.domain.case import Case, Question, ServerCopy
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import (
    CaseId,
    InstanceUid,
    OpinionId,
    QuestionId,
    RecordId,
    SeriesUid,
    StudyUid,
)
from reviewer_app.domain.imaging import FrameInfo, Instance, PixelFormat, Series, Study
from reviewer_app.domain.lab import LOINC, Coding, Result, Value
from reviewer_app.domain.opinion import Opinion, Section, begin
from reviewer_app.domain.patient import ImageIdentity, Patient, PersonName
from reviewer_app.domain.record import Attachment, Record, RecordClass
from reviewer_app.domain.states import CaseState
from reviewer_app.vault import Vault

PASSPHRASE = "four random words typed"
CASE = CaseId("0123456789abcdef0123456789abcdef")
STUDY, SERIES = StudyUid("1.2.826.1"), SeriesUid("1.2.826.1.1")
AT = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)


def a_case(case_id: str = CASE, number: str = "2026-0117", task: str = "Task/t1") -> Case:
    patient = Patient(
        "Patient/p1", (PersonName("Hartmann", ("Elisabeth",)),), ("MRN-4711",), PartialDate("1961-04-05"), "female"
    )
    return Case(
        CaseId(case_id),
        "s1",
        number,
        patient,
        "Pancreatic mass",
        ServerCopy(task, "3"),
        CaseState.ASSIGNED,
        questions=(Question(QuestionId("q1"), 1, "Is it resectable?"),),
    )


def a_record(
    record_id: str = "DocumentReference/d1", version: str = "1", files: int = 0, title: str = "Report"
) -> Record:
    attachments = tuple(Attachment("application/pdf", url=f"Binary/b{n}") for n in range(files))
    return Record(RecordId(record_id), version, RecordClass.DOCUMENT, title, attachments=attachments)


def a_result(number: int, record: str = "") -> Result:
    return Result(
        RecordId(record or f"Observation/o{number}"),
        "Haemoglobin",
        (Coding(LOINC, "718-7", "Hemoglobin"),),
        PartialDate("2026-08-20"),
        Value(f"{number}.50", unit="g/dL", ucum="g/dL", numeric=True),
    )


def an_instance(
    number: int = 1, value: bytes = b"", series: str = SERIES, study: str = STUDY
) -> tuple[Instance, bytes]:
    """An instance whose file is `header` + value + `trailer`."""
    value = value or bytes([number % 256]) * 4096
    header = b"\0" * 128 + b"DICM" + f"header of {number}".encode().ljust(400)
    pixels = PixelFormat(64, 32, 1, 1, 16, 12, 11, signed=False, photometric="MONOCHROME2")
    instance = Instance(
        uid=InstanceUid(f"{series}.{number}"),
        sop_class="1.2.840.10008.5.1.4.1.1.2",
        study_uid=StudyUid(study),
        series_uid=SeriesUid(series),
        number=number,
        identity=ImageIdentity("Hartmann^Elisabeth", "MRN-4711", "19610405", "F"),
        pixels=pixels,
        frames=(FrameInfo(0, len(value)),),
        value_offset=len(header),
        value_length=len(value),
    )
    return instance, header + value + b"trailer"


def a_study(*, series: tuple[Series, ...] = ()) -> Study:
    return Study(
        STUDY, "2026-08-20 10:05", "CT abdomen", modalities=("CT",), series=series or (Series(SERIES, STUDY, "CT", 2),)
    )


def an_opinion(text: str = "It is resectable.", revision: int = 0) -> Opinion:
    opinion = begin(OpinionId("11111111-2222-3333-4444-555555555555"), a_case(), AT)
    return replace(opinion.with_text(Section.DIAGNOSIS, text), revision=revision)


class Undone(Exception):
    """Ends a transaction."""


def undone(vault: Vault, *acts: Callable[[], object]) -> None:
    """Do acts in a transaction that fails at its end; raises Undone."""
    with vault.transaction():
        for act in acts:
            act()
        raise Undone


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A closed vault that is copied for each test, and its recovery key: deriving keys twice for each would be slow."""
    home = tmp_path_factory.mktemp("template") / "home"
    vault, recovery_key = Vault.create(home, PASSPHRASE)
    vault.close()
    return home, recovery_key


@pytest.fixture
def home(template: tuple[Path, str], tmp_path: Path) -> Path:
    """The folder of a closed vault."""
    return Path(shutil.copytree(template[0], tmp_path / "home"))


@pytest.fixture
def vault(home: Path):
    """An open vault that knows one case."""
    opened = Vault.open(home, PASSPHRASE)
    opened.cases.put(a_case())
    yield opened
    opened.close()


@pytest.fixture
def make() -> SimpleNamespace:
    """Builders and constants, since test modules do not import each other."""
    return SimpleNamespace(
        PASSPHRASE=PASSPHRASE,
        CASE=CASE,
        STUDY=STUDY,
        SERIES=SERIES,
        AT=AT,
        case=a_case,
        record=a_record,
        result=a_result,
        instance=an_instance,
        study=a_study,
        opinion=an_opinion,
        undone=undone,
        Undone=Undone,
    )

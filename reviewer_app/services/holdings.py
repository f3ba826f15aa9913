"""What cited items are compared with: the vault, or a folder of files as they were sent.

Each gives the digests of an item as it is held now: of its bytes, and of what they say.  Foreign files are indexed and
decoded in the jail.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

from reviewer_app import report
from reviewer_app.domain.ids import CaseId, InstanceUid, RecordId
from reviewer_app.domain.imaging import Instance
from reviewer_app.domain.lab import Result
from reviewer_app.errors import NotFound, Unreadable
from reviewer_app.fhir import decode
from reviewer_app.fhir.element import Malformed
from reviewer_app.fhir.results import results
from reviewer_app.services import evidence
from reviewer_app.services.frames import FrameProblem, FrameSource
from reviewer_app.services.session import Session
from reviewer_app.worker import WorkerPool

Digests = tuple[str, str]
HeldResult = tuple[str, Result]
"""A laboratory value with the versioned reference of its record."""
_MOST = 2 << 30
_PREAMBLE = 132


class Holdings(Protocol):
    """Where cited items are looked up."""

    def holds(self, received: str) -> bool:
        """Whether something of exactly these bytes is known to be there; False where only looking it up can tell."""

    def digests(self, kind: str, ref: str, point: Mapping[str, str]) -> Digests:
        """Digest of the bytes and of the content of an item.

        Raises:
            NotFound: It is not held.
            ReviewerError: It is held and cannot be read.
        """

    def results(self, trend: str) -> tuple[HeldResult, ...]:
        """Every result of an analyte, by its key; of one record there may be several versions."""


class VaultHoldings:
    """A case of the vault."""

    def __init__(self, session: Session, case_id: CaseId) -> None:
        self._session, self._case = session, case_id

    def holds(self, _received: str) -> bool:
        """Everything is looked up by its name."""
        return False

    def digests(self, kind: str, ref: str, point: Mapping[str, str]) -> Digests:
        """As `Holdings`."""
        if kind == "reference":
            return _twice(ref.encode())
        if kind == "dicom":
            return self._image(ref, point)
        name, _, index = ref.partition("#attachment-")
        record, version = record_of(name)
        if kind == "document":
            stored = self._session.vault.records
            return _twice(stored.content(self._case, RecordId(record), int(index), version or None))
        raw = self._session.vault.records.raw(self._case, RecordId(record), version or None)
        return report.received_digest(raw), report.fhir_digest(raw)

    def results(self, trend: str) -> tuple[HeldResult, ...]:
        """As `Holdings`, in the present version."""
        return tuple(one for one in self._results if one[1].key == trend)

    @cached_property
    def _results(self) -> tuple[HeldResult, ...]:
        vault = self._session.vault
        versions = vault.records.versions(self._case)
        return tuple(
            (evidence.versioned(one.record, versions.get(one.record, "")), one) for one in vault.results.all(self._case)
        )

    def _image(self, ref: str, point: Mapping[str, str]) -> Digests:
        uid, number = _frame(ref)
        vault = self._session.vault
        instance = vault.images.instance(self._case, uid)
        received = report.received_digest(vault.images.file(self._case, uid))
        if point.get("decoded") != "yes":
            return received, received
        source = FrameSource(vault.images.reader(self._case, instance.series_uid), self._session.workers)
        return received, _content(source, instance, number)


class FolderHoldings:
    """A folder of files: FHIR resources and bundles as JSON, DICOM files, documents; everything else is ignored."""

    def __init__(self, folder: Path, workers: WorkerPool) -> None:
        self._workers = workers
        self._resources: dict[str, list[bytes]] = {}
        self._images: dict[InstanceUid, Path] = {}
        self._files: set[str] = set()
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink() and path.stat().st_size < _MOST:
                self._keep(path)

    def digests(self, kind: str, ref: str, point: Mapping[str, str]) -> Digests:
        """As `Holdings`."""
        if kind == "reference":
            return _twice(ref.encode())
        if kind == "dicom":
            return self._image(ref, point)
        if kind == "document":
            raise NotFound("No file of the folder is this document.", "Give the folder with its documents.")
        name, version = record_of(ref)
        held = self._resources.get(name, [])
        for raw in held:
            if not version or _version(raw) in (version, ""):
                return report.received_digest(raw), report.fhir_digest(raw)
        raise NotFound("No file of the folder holds this version.", "Give the folder with the records as sent.")

    def holds(self, received: str) -> bool:
        """Whether a file of exactly these bytes is there."""
        return received in self._files

    def results(self, trend: str) -> tuple[HeldResult, ...]:
        """As `Holdings`, in every version there is a file of."""
        return tuple(one for one in self._results if one[1].key == trend)

    @cached_property
    def _results(self) -> tuple[HeldResult, ...]:
        made: list[HeldResult] = []
        observations = (raws for name, raws in self._resources.items() if name.startswith("Observation/"))
        for raw in chain.from_iterable(observations):
            try:
                found = results(decode.resource(raw), {})
            except Malformed:
                continue
            made += ((evidence.versioned(one.record, _version(raw)), one) for one in found)
        return tuple(made)

    def _keep(self, path: Path) -> None:
        content = path.read_bytes()
        self._files.add(report.received_digest(content))
        if content[_PREAMBLE - 4 : _PREAMBLE] == b"DICM":
            try:
                self._images[self._workers.index(content).uid] = path
            except Unreadable:
                return
        elif path.suffix == ".json":
            for resource in _resources(content):
                self._resources.setdefault(_name(resource), []).append(resource)

    def _image(self, ref: str, point: Mapping[str, str]) -> Digests:
        uid, number = _frame(ref)
        if uid not in self._images:
            raise NotFound("No file of the folder is this image.", "Give the folder with its images.")
        content = self._images[uid].read_bytes()
        received = report.received_digest(content)
        if point.get("decoded") != "yes":
            return received, received
        instance = self._workers.index(content)
        return received, _content(FrameSource(_OneFile(instance, content), self._workers), instance, number)


class _OneFile:
    """The pixel value of one file, as a series reader gives it."""

    def __init__(self, instance: Instance, content: bytes) -> None:
        start = instance.value_offset
        self._content = content
        self._value = memoryview(content)[start : start + instance.value_length]

    def length(self, _uid: InstanceUid) -> int:
        """Bytes of the value."""
        return len(self._value)

    def pixels(self, _uid: InstanceUid) -> bytes:
        """The value."""
        return bytes(self._value)

    def pixels_into(self, _uid: InstanceUid, out: memoryview) -> None:
        """The value, written to where it is wanted."""
        out[:] = self._value

    def part(self, _uid: InstanceUid, offset: int, length: int) -> bytes:
        """A part of the value."""
        return bytes(self._value[offset : offset + length])

    def file(self, _uid: InstanceUid) -> bytes:
        """The whole file."""
        return self._content

    def close(self) -> None:
        """Nothing is open."""


def _content(source: FrameSource, instance: Instance, number: int) -> str:
    try:
        found = source.load(instance, number)
    finally:
        source.close()
    if isinstance(found, FrameProblem):
        raise Unreadable(found.reason)
    return evidence.content_of(found)


def _twice(content: bytes) -> Digests:
    digest = report.received_digest(content)
    return digest, digest


def record_of(ref: str) -> tuple[str, str]:
    """Record and version of a reference; the version is empty where it names none."""
    name, _, version = ref.partition("/_history/")
    return name, version


def _frame(ref: str) -> tuple[InstanceUid, int]:
    uid, _, number = ref.partition("#frame-")
    return InstanceUid(uid), int(number) - 1


def _resources(content: bytes) -> Iterator[bytes]:
    """The resources of a file as bytes; entries of a bundle keep the text of their numbers."""
    try:
        parsed = json.loads(content, parse_float=_Number, parse_int=_Number)
    except (ValueError, RecursionError):
        return
    if not isinstance(parsed, dict):
        return
    if parsed.get("resourceType") != "Bundle":
        yield content
        return
    for entry in parsed.get("entry", ()):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict):
            yield _written(resource).encode()


class _Number(str):
    """A number as it was written."""

    __slots__ = ()


def _written(value: Any) -> str:
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _name(resource: bytes) -> str:
    parsed = json.loads(resource)
    return f"{parsed.get('resourceType')}/{parsed.get('id')}"


def _version(resource: bytes) -> str:
    meta = json.loads(resource).get("meta")
    return str(meta.get("versionId", "")) if isinstance(meta, dict) else ""

"""Bringing a case folder (bundle.json, dicom/) to the clinic's servers, and counting what arrived.

A folder may come from anywhere that lays cases out as `bundle.json` (a FHIR R4 Bundle of type collection, references
relative, absolute or `urn:uuid:`) and `dicom/**`.  Resources keep their ids; references are made relative, so that they
resolve on the server.  Loading twice changes nothing: equal resources are not written again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import msgspec

from reviewer_app.errors import BrokenAnswer, NotFound, Offline, ServerProblem, ServerRefused, Unreadable
from reviewer_app.jobs import Job
from reviewer_app.practice.clinic import Clinic, Loaded
from reviewer_app.practice.image_loader import upload

Resource = dict[str, Any]

_BATCH = 100
_decoder = msgspec.json.Decoder(float_hook=__import__("decimal").Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True)
class CaseFolder:
    """A case folder that was found readable.

    Attributes:
        resources: With ids, and references of the form `Type/id` where they point into the bundle.
        images: DICOM files, in the order of their names.
    """

    resources: tuple[Resource, ...]
    images: tuple[Path, ...]


def read_folder(folder: Path, *, later: bool = False) -> CaseFolder:
    """Read a case folder.

    Args:
        later: Take `bundle_v2.json`, the later state of the same case.

    Raises:
        NotFound: There is no such file.
        Unreadable: It is no FHIR Bundle.
    """
    path = folder / ("bundle_v2.json" if later else "bundle.json")
    try:
        bundle = _decoder.decode(path.read_bytes())
    except OSError as error:
        raise NotFound(f"There is no {path.name} in this folder.", "Choose a folder that holds a case.") from error
    except msgspec.DecodeError as error:
        raise Unreadable(f"{path.name} is not JSON.", "Choose a folder that holds a case.") from error
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise Unreadable(f"{path.name} is no FHIR Bundle.", "Choose a folder that holds a case.")
    resources = _with_local_references(bundle.get("entry", []))
    images = tuple(sorted(file for file in (folder / "dicom").rglob("*") if file.is_file()))
    return CaseFolder(tuple(resources), images)


def load_folder(
    clinic: Clinic, folder: Path, job: Job, *, later: bool = False, owner: str = "", keep: bool = False
) -> Loaded:
    """Bring a case folder to the servers.

    Args:
        owner: Reference of the reviewer whom its assignment Tasks shall name; empty keeps the owner of the folder.
        keep: Whether resources that the server holds stay as they are there: what was worked on is not begun anew.

    Raises:
        NotFound: There is no case in the folder.
        Unreadable: Its bundle or an image cannot be read.
        ServerRefused: A server refused a resource or an image; it is named.
        Offline: A server does not answer.
    """
    case = read_folder(folder, later=later)
    resources = tuple(_owned_by(resource, owner) for resource in case.resources)
    try:
        with _client(clinic.fhir_url, clinic.fhir_auth.user, clinic.fhir_auth.secret) as fhir:
            written = _write(fhir, resources, job, keep=keep)
            unresolved = _unresolved(fhir, resources)
        instances = upload(clinic, case.images, job)
    except httpx2.TransportError as error:
        raise Offline(
            "A server of the practice clinic does not answer.", "Stop the clinic and start it again."
        ) from error
    counts = Counter(str(resource["resourceType"]) for resource in resources)
    return Loaded(len(resources), instances, written, unresolved, tuple(sorted(counts.items())))


def _client(url: str, user: str, password: str) -> httpx2.Client:
    return httpx2.Client(base_url=url, auth=(user, password), timeout=60, trust_env=False)


def _with_local_references(entries: list[dict[str, Any]]) -> Iterator[Resource]:
    places: dict[str, str] = {}
    for entry in entries:
        resource = entry["resource"]
        full = str(entry.get("fullUrl", ""))
        resource.setdefault("id", full.rpartition(":")[2] if full.startswith("urn:uuid:") else full.rpartition("/")[2])
        place = f"{resource['resourceType']}/{resource['id']}"
        places[full] = place
        places[place] = place
    for entry in entries:
        yield _relocated(entry["resource"], places)


def _relocated(node: Any, places: dict[str, str]) -> Any:
    """The node with each Reference.reference and Attachment.url that names an entry of the bundle made relative."""
    if isinstance(node, list):
        return [_relocated(part, places) for part in node]
    if not isinstance(node, dict):
        return node
    return {
        key: places.get(value, value)
        if key in ("reference", "url") and isinstance(value, str)
        else _relocated(value, places)
        for key, value in node.items()
    }


def _owned_by(resource: Resource, owner: str) -> Resource:
    if not owner or resource["resourceType"] != "Task" or "owner" not in resource:
        return resource
    return {**resource, "owner": {"reference": owner}}


def _write(fhir: httpx2.Client, resources: tuple[Resource, ...], job: Job, *, keep: bool) -> int:
    written = 0
    for start in range(0, len(resources), _BATCH):
        job.progress("Loading records", start, len(resources))
        part = resources[start : start + _BATCH]
        present = _batch(fhir, [{"request": {"method": "GET", "url": _place(resource)}} for resource in part])
        new = [
            resource
            for resource, entry in zip(part, present, strict=True)
            if not (_held(entry, resource) if keep else _content(entry.get("resource")) == _content(resource))
        ]
        if not new:
            continue
        puts = [{"resource": resource, "request": {"method": "PUT", "url": _place(resource)}} for resource in new]
        for resource, entry in zip(new, _batch(fhir, puts), strict=True):
            status = _status(entry)
            if status >= httpx2.codes.BAD_REQUEST:
                raise ServerRefused(
                    f"The practice record server refused {_place(resource)} ({status}).",
                    f"Mend it in the bundle{_where(entry)}.",
                    status=status,
                )
        written += len(new)
    return written


def _batch(fhir: httpx2.Client, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    content = _encoder.encode({"resourceType": "Bundle", "type": "batch", "entry": entries})
    answer = fhir.post("/", content=content, headers={"Content-Type": "application/fhir+json"})
    if answer.status_code != httpx2.codes.OK:
        raise ServerProblem(f"The practice record server answered {answer.status_code}.", "Start the clinic again.")
    try:
        found = _decoder.decode(answer.content).get("entry", [])
    except msgspec.DecodeError as error:
        raise BrokenAnswer("The practice record server's answer is no JSON.", "Start the clinic again.") from error
    if len(found) != len(entries):
        raise BrokenAnswer("The practice record server answered some requests only.", "Start the clinic again.")
    return list(found)


def _place(resource: Resource) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def _held(entry: dict[str, Any], resource: Resource) -> bool:
    """Whether the answer to reading a resource holds it, in whatever version, rather than an outcome."""
    return bool((entry.get("resource") or {}).get("resourceType") == resource["resourceType"])


def _status(entry: dict[str, Any]) -> int:
    words = str(entry.get("response", {}).get("status", "0")).split()
    return int(words[0]) if words and words[0].isdigit() else 0


def _where(entry: dict[str, Any]) -> str:
    outcome = entry.get("response", {}).get("outcome") or entry.get("resource") or {}
    places = [place for issue in outcome.get("issue", []) for place in issue.get("expression", [])]
    return f" at {', '.join(places[:3])}" if places else ""


def _content(resource: object) -> object:
    """What two copies of a resource are compared by: everything but what the server adds, numbers by value."""
    if not isinstance(resource, dict):
        return None
    meta = {k: v for k, v in resource.get("meta", {}).items() if k not in ("versionId", "lastUpdated")}
    return {**{k: v for k, v in resource.items() if k != "meta"}, "meta": meta}


def references(node: object) -> Iterator[str]:
    """Every `Type/id` that a resource points to: References, and Attachments that name a Binary."""
    if isinstance(node, list):
        for part in node:
            yield from references(part)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "reference" and isinstance(value, str) and not value.startswith("#"):
                yield value.partition("/_history/")[0]
            elif key == "url" and isinstance(value, str) and value.startswith("Binary/"):
                yield value
            else:
                yield from references(value)


def _unresolved(fhir: httpx2.Client, resources: tuple[Resource, ...]) -> tuple[str, ...]:
    own = {_place(resource) for resource in resources}
    pointed = {
        (_place(resource), target) for resource in resources for target in references(resource) if target not in own
    }
    targets = sorted({target for _, target in pointed})
    missing = {target for target in targets if urlsplit(target).scheme}
    asked = [target for target in targets if target not in missing]
    for start in range(0, len(asked), _BATCH):
        part = asked[start : start + _BATCH]
        answers = _batch(fhir, [{"request": {"method": "GET", "url": target}} for target in part])
        missing |= {target for target, entry in zip(part, answers, strict=True) if _status(entry) != httpx2.codes.OK}
    return tuple(sorted(f"{source} -> {target}" for source, target in pointed if target in missing))

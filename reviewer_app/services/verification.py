"""Checking a signed letter: alone, against a vault, or against a folder of files.

Signatures and manifest are the business of `report`; here the words on the pages and the cited items are compared.
The pages are read in the jail.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from reviewer_app import report
from reviewer_app.errors import BadInput, NotFound, ReviewerError, Unreadable
from reviewer_app.report import Item, ItemState, ItemValue, Verdict
from reviewer_app.services import wording
from reviewer_app.services.holdings import FolderHoldings, HeldResult, Holdings, VaultHoldings, record_of
from reviewer_app.services.session import Session
from reviewer_app.worker import WorkerPool

__all__ = ["FolderHoldings", "VaultHoldings", "Verdict", "verify", "verify_in_vault", "verify_items"]

_BADNESS = (ItemState.SAME, ItemState.REENCODED, ItemState.MISSING, ItemState.CHANGED)


def verify(pdf: bytes, trust: Sequence[bytes], revoked: Sequence[bytes] = (), required: Sequence[str] = ()) -> Verdict:
    """Whether a letter is what was signed, and by whom.

    Args:
        pdf: The whole file.
        trust: Certificates to trust, PEM (one or more in each) or DER.
        revoked: Lists of revoked certificates (CRL), PEM or DER.
        required: Fields that must be signed besides the specialist's, such as `Director`: a file whose last signature
            was cut off is otherwise whole.

    Raises:
        BadInput: A certificate or list cannot be read.
    """
    verdict = report.verify(pdf, trust, revoked)
    present = {signer.field for signer in verdict.signers}
    missing = tuple(f"The signature {field} is missing." for field in required if field not in present)
    return replace(verdict, problems=(*verdict.problems, *missing))


def verify_items(pdf: bytes, verdict: Verdict, workers: WorkerPool, held: Holdings | None = None) -> Verdict:
    """The verdict with what comparing the letter with its manifest, and the manifest with what is held, adds.

    Args:
        verdict: Of `verify`; where the manifest does not check out, nothing is compared.
        held: What the cited items are compared with; without it only the words on the pages are checked.
    """
    if verdict.evidence is None or not verdict.intact:
        return verdict
    manifest = json.loads(report.attached_manifest(pdf))
    try:
        absent = wording.absent(pdf, manifest["conclusions"], workers)
    except Unreadable as error:
        absent = [f"The pages could not be read: {error.message}"]
    items = tuple(_compared(item, held) for item in manifest["evidence"]) if held else ()
    return replace(verdict, problems=(*verdict.problems, *absent), items=items)


def disclose(pdf: bytes, item: str) -> bytes:
    """One cited item alone, with the proof that the letter cites it; the other items stay unsaid.

    Raises:
        Unreadable: The letter carries no manifest.
        NotFound: There is no such item.
    """
    return report.disclosed(report.attached_manifest(pdf), item)


def check_disclosed(disclosure: bytes, root: str) -> Item:
    """Whether a disclosed item belongs to the letter whose manifest has this root.

    Raises:
        BadInput: It is no disclosure, or belongs to another letter.
    """
    item, proven = report.proven(disclosure)
    if proven != root:
        raise BadInput("This item does not belong to the letter.", "Ask for the item of this letter.")
    return Item(str(item["id"]), str(item["ref"]), ItemState.SAME, str(item["point"].get("label", "")))


def verify_disclosed(
    pdf: bytes, verdict: Verdict, disclosures: Mapping[str, bytes]
) -> tuple[Verdict, tuple[Item, ...]]:
    """The verdict with what keeps items disclosed alone from being accepted, and the items that the letter cites.

    Args:
        disclosures: Files that `disclose` made, by their names.
    """
    root = json.loads(report.attached_manifest(pdf))["merkle"] if verdict.evidence is not None else ""
    cited, problems = [], list(verdict.problems)
    for name, content in disclosures.items():
        try:
            cited.append(check_disclosed(content, root))
        except BadInput as error:
            problems.append(f"{name}: {error.message}")
    return replace(verdict, problems=tuple(problems)), tuple(cited)


def verify_in_vault(session: Session, pdf: bytes, verdict: Verdict) -> Verdict:
    """As `verify_items`, compared with the case of the vault that the letter names.

    Raises:
        NotFound: The vault holds no such case.
    """
    if verdict.evidence is None or not verdict.intact:
        return verdict
    number = str(json.loads(report.attached_manifest(pdf))["case"])
    case = session.vault.cases.find(number)
    return verify_items(pdf, verdict, session.workers, VaultHoldings(session, case.id))


def _compared(item: dict[str, Any], held: Holdings) -> Item:
    point = {str(key): str(text) for key, text in item["point"].items()}
    made = Item(str(item["id"]), str(item["ref"]), _state(item, str(item["kind"]), point, held), point.get("label", ""))
    plotted = item.get("values", ())
    if not plotted:
        return made
    values = tuple(
        ItemValue(str(one["ref"]), str(one["when"]), str(one["value"]), _state(one, "fhir", {}, held))
        for one in plotted
    )
    later, revised = _since(plotted, held.results(point.get("analyte", "")))
    worst = max((made.state, *(value.state for value in values)), key=_BADNESS.index)
    return replace(made, state=worst, values=values, later=later, revised=revised)


def _since(plotted: Sequence[Mapping[str, str]], held: Sequence[HeldResult]) -> tuple[int, int]:
    """Of the results that are held now: how many are not printed, and how many printed ones in another version."""
    printed = {(record_of(value["ref"])[0], value["component"]) for value in plotted}
    refs = {value["ref"] for value in plotted}
    later = {(one.record, one.component) for _, one in held if not one.retracted} - printed
    revised = {(one.record, one.component) for ref, one in held if record_of(ref)[1] and ref not in refs} & printed
    return len(later), len(revised)


def _state(item: Mapping[str, Any], kind: str, point: Mapping[str, str], held: Holdings) -> ItemState:
    if held.holds(str(item["received"])):
        return ItemState.SAME
    try:
        received, content = held.digests(kind, str(item["ref"]), point)
    except NotFound:
        return ItemState.MISSING
    except ReviewerError:  # damaged, swapped, or not readable any more
        return ItemState.CHANGED
    if received == item["received"]:
        return ItemState.SAME
    return ItemState.REENCODED if content == item["content"] else ItemState.CHANGED

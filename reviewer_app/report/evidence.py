"""The evidence manifest: what was cited, with digests, and the sentences it stands under; canonical JSON.

It proves what was cited and that it is unchanged, not that it supports the conclusion.  Digests are SHA-256, each with
its own prefix so that one kind can never pass for another.  Leaves are salted, so that one item can be disclosed alone.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from reviewer_app.domain.dates import utc_text
from reviewer_app.domain.opinion import Opinion, answer_anchor, section_anchor
from reviewer_app.errors import BadInput, NotFound

TYPE = "consilium-evidence/1"
DISCLOSURE = "consilium-evidence-item/1"


@dataclass(frozen=True, slots=True)
class Plotted:
    """One value that the letter prints of a cited trend.

    Attributes:
        ref: `Observation/1/_history/2`.
        component: Of the Observation, or empty.
        when: As received.
        value: As printed, the decimal as text: `<3.20 ug/L`.
        received, content: As in `Evidence`.
    """

    ref: str
    component: str
    when: str
    value: str
    received: str
    content: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One cited item.

    Attributes:
        number: Citation number as printed.
        kind: `fhir`, `document`, `dicom` or `reference`.
        ref: `Observation/1/_history/2`, `DocumentReference/1/_history/1#attachment-0`, `1.2.840...#frame-1`, or the
            reference as written.
        received: Hex digest of the bytes as received.
        content: Hex digest of what they say: `fhir_digest`, `pixel_digest`, or `received` again.
        point: What of it is meant: page, quote, window, component; sorted pairs.
        values: Of a whole trend, every value that is printed; the item itself is the newest when it was cited.
    """

    number: int
    kind: str
    ref: str
    received: str
    content: str
    point: tuple[tuple[str, str], ...] = ()
    values: tuple[Plotted, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What reading a manifest found.

    Attributes:
        evidence: Number of items, or None where it could not be read.
        problems: Sentences; empty where it checks out.
    """

    evidence: int | None
    problems: tuple[str, ...] = ()


def manifest(
    opinion: Opinion,
    case_number: str,
    made_at: datetime,
    items: Sequence[Evidence],
    records: Iterable[str],
    seed: bytes,
) -> bytes:
    """The manifest of a letter, the same for the same arguments.

    Args:
        records: Versioned references of every record that was on the desk.
        seed: Secret of this letter; each salt is derived from it, and it is not kept in the manifest.
    """
    leaves = [{**_item(item), "salt": _salt(seed, item.number)} for item in items]
    return canonical(
        {
            "type": TYPE,
            "case": case_number,
            "opinion": {"id": opinion.id, "revision": opinion.revision},
            "made": utc_text(made_at),
            "evidence": leaves,
            "merkle": root([leaf(item) for item in leaves]),
            "conclusions": _conclusions(opinion),
            "records": sorted(records),
        }
    )


def canonical(value: object) -> bytes:
    """RFC 8785 for values without floating-point numbers: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def received_digest(content: bytes) -> str:
    """Plain SHA-256 of bytes as received, as any tool computes it."""
    return hashlib.sha256(content).hexdigest()


def fhir_digest(resource: bytes) -> str:
    """Digest of what a FHIR JSON resource says: order of keys and spaces do not matter, the text of decimals does.

    Numbers are kept as text behind a control character, which no FHIR string may hold.  A resource that is no JSON, or
    says a key twice, is taken byte for byte.
    """
    try:
        parsed = json.loads(
            resource, parse_float=_number, parse_int=_number, parse_constant=_refused, object_pairs_hook=_unique
        )
        encoded = canonical(parsed)
    except (ValueError, RecursionError):
        return hashlib.sha256(b"consilium/bytes/1\0" + resource).hexdigest()
    return hashlib.sha256(b"consilium/fhir/1\0" + encoded).hexdigest()


def pixel_digest(shape: Sequence[int], sample: str, stored: bytes) -> str:
    """Digest of decoded stored values, whatever transfer syntax they came in.

    Args:
        shape: Rows, columns, and samples where there are several.
        sample: Type of a sample as numpy names it little-endian: `<i2`, `|u1`.
        stored: Samples row by row, little-endian.
    """
    head = canonical([list(shape), sample])
    return hashlib.sha256(b"consilium/pixels/1\0" + head + b"\0" + stored).hexdigest()


def leaf(item: Mapping[str, Any]) -> bytes:
    """Hash of one item with its salt."""
    bare = {key: value for key, value in item.items() if key != "salt"}
    return hashlib.sha256(b"\0" + bytes.fromhex(item["salt"]) + canonical(bare)).digest()


def root(leaves: Sequence[bytes]) -> str:
    """Root of the Merkle tree; an odd node moves up unchanged; leaves and nodes have different prefixes."""
    level = list(leaves)
    if not level:
        return hashlib.sha256(b"").hexdigest()
    while len(level) > 1:
        level = [_node(*pair) if len(pair) > 1 else pair[0] for pair in _pairs(level)]
    return level[0].hex()


def disclosed(content: bytes, identifier: str) -> bytes:
    """One item of a manifest alone, with what proves that it belongs to it; says nothing of the others.

    Args:
        content: A manifest that checks out.
        identifier: As in the manifest: `E3`.

    Raises:
        NotFound: There is no such item.
    """
    found = json.loads(content)
    items = found["evidence"]
    place = next((at for at, item in enumerate(items) if item["id"] == identifier), None)
    if place is None:
        raise NotFound(f"The manifest has no item {identifier}.", "Items are named E1, E2... as cited.")
    return canonical({"type": DISCLOSURE, "item": items[place], "path": _path([leaf(one) for one in items], place)})


def proven(content: bytes) -> tuple[dict[str, Any], str]:
    """The item of a disclosure, and the root of the manifest that it proves to belong to.

    Raises:
        BadInput: It is no disclosure.
    """
    try:
        found = json.loads(content)
        node = leaf(found["item"])
        for step in found["path"]:
            other = bytes.fromhex(step["node"])
            node = _node(other, node) if step["side"] == "left" else _node(node, other)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadInput("This is no disclosed item of evidence.", "Ask for it again.") from error
    if found.get("type") != DISCLOSURE:
        raise BadInput("This is no disclosed item of evidence.", "Ask for it again.")
    return found["item"], node.hex()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def _path(leaves: Sequence[bytes], place: int) -> list[dict[str, str]]:
    """The nodes beside the way from a leaf to the root, and the side they stand on."""
    made, level = [], list(leaves)
    while len(level) > 1:
        beside = place ^ 1
        if beside < len(level):
            made.append({"side": "left" if beside < place else "right", "node": level[beside].hex()})
        level = [_node(*pair) if len(pair) > 1 else pair[0] for pair in _pairs(level)]
        place //= 2
    return made


def _pairs(level: Sequence[bytes]) -> list[Sequence[bytes]]:
    return [level[start : start + 2] for start in range(0, len(level), 2)]


def check(content: bytes) -> Checked:
    """Whether a manifest is whole in itself: canonical, of a known type, with the right root and known citations."""
    try:
        found = json.loads(content)
        if found["type"] != TYPE:
            return Checked(None, ("The evidence manifest is of an unknown type.",))
        items = found["evidence"]
        right = root([leaf(item) for item in items]) == found["merkle"]
        known = {item["id"] for item in items}
        unknown = [one["id"] for one in found["conclusions"] if set(one["cites"]) - known]
        unchanged = canonical(found) == content and all(map(_is_item, items))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Checked(None, ("The evidence manifest cannot be read.",))
    problems = []
    if not right or not unchanged:
        problems.append("The evidence manifest does not check out: an item in it was changed.")
    problems += [f"Conclusion {name} cites evidence that is not in the manifest." for name in unknown]
    return Checked(None if problems else len(items), tuple(problems))


def _is_item(item: Mapping[str, Any]) -> bool:
    """Whether everything is there that comparing it with what is held asks for, as text."""
    plotted = [value[name] for value in item.get("values", ()) for name in Plotted.__slots__]
    said = [item[name] for name in ("id", "kind", "ref", "received", "content")]
    return all(isinstance(one, str) for one in (*said, *item["point"].values(), *plotted))


def _item(item: Evidence) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": f"E{item.number}",
        "kind": item.kind,
        "ref": item.ref,
        "received": item.received,
        "content": item.content,
        "point": dict(item.point),
    }
    if item.values:
        made["values"] = [asdict(value) for value in item.values]
    return made


def _salt(seed: bytes, number: int) -> str:
    return hmac.digest(seed, f"consilium/salt/1/{number}".encode(), "sha256")[:16].hex()


def _conclusions(opinion: Opinion) -> list[dict[str, Any]]:
    """Every text of the opinion that says something, word for word, with what is cited beside it."""
    texts = [("outcome", opinion.outcome.shown), ("outcome", opinion.confirming_sentence)]
    texts += [(section_anchor(section), text) for section, text in opinion.texts]
    texts += [(answer_anchor(answer.question), answer.said) for answer in opinion.answers]
    texts += [("diagnosis", opinion.own_diagnosis), ("prognosis", opinion.prognosis_not_given)]
    texts += [(f"urgent:{row.id}", row.finding) for row in opinion.urgent]
    texts += [(f"trial:{row.id}", row.name) for row in opinion.trials]
    texts += [("call", opinion.call.minutes), ("call", opinion.call.remaining), ("amends", opinion.amends.reason)]
    texts += [(f"option:{option.id}", option.name) for option in opinion.options]
    texts += [(f"differential:{row.id}", row.diagnosis) for row in opinion.differential]
    texts += [(f"change:{change.id}", change.after) for change in opinion.changes]
    texts += [(f"step:{step.id}", step.what) for step in opinion.next_steps]
    said = [(anchor, text) for anchor, text in texts if text.strip()]
    numbers = opinion.numbers()
    return [
        {
            "id": f"C{number}",
            "anchor": anchor,
            "text": text,
            "cites": [f"E{number}" for number in dict.fromkeys(numbers[one.id] for one in opinion.cited_at(anchor))],
        }
        for number, (anchor, text) in enumerate(said, 1)
    ]


def _number(text: str) -> str:
    return f"\1{text}"


def _refused(text: str) -> object:
    raise ValueError(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key is said twice")
    return made

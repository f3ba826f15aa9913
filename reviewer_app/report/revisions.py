"""What each later revision of a PDF changed: pages, annotations, form fields, attachments, the rest of the document.

A PDF is changed by appending; every earlier revision can still be read (ISO 32000-1, 7.5.6).  Two of them are compared
by what they hold, not by which objects were written again.  Whether a change is allowed is not judged here but in
`verification`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from reviewer_app.report.archive import MANIFEST

_ABOVE = frozenset({"/Parent", "/P", "/Pg", "/Obj", "/StructParent", "/StructParents", "/Annots"})
"""Keys of a page, annotation or element of structure that lead upwards, or to what is compared by itself."""
_BY_THEMSELVES = frozenset({"/Pages", "/AcroForm", "/Names", "/AF"})
_ROOT = {
    "/DSS": "data for checking the certificates later",
    "/OpenAction": "what happens when the file is opened",
    "/AA": "what happens when the file is opened or printed",
    "/Metadata": "the metadata",
    "/StructTreeRoot": "the structure for readers of the blind",
    "/OutputIntents": "the colour profile",
    "/Extensions": "the notes on extensions",
}
_DEEPEST = 400


def changed(reader: PdfFileReader, revision: int) -> tuple[str, ...]:
    """What a revision changed against the one before it, one sentence each; empty where nothing shows.

    Args:
        revision: From 1; 0 is the file as first written.
    """
    before, after = (_Held(reader, number) for number in (revision - 1, revision))
    return (*_pages(before, after), *_fields(before, after), *_attachments(before, after), *_rest(before, after))


class _Held:
    """One revision, read where it is needed."""

    def __init__(self, reader: PdfFileReader, revision: int) -> None:
        self._file = reader.get_historical_resolver(revision)
        self._known: dict[Any, bytes] = {}
        self.root = self._file.root
        self.pages = list(_leaves(self.root["/Pages"], set()))
        form = at(self.root, "/AcroForm", {})
        tops, seen = [_followed(item) for item in at(form, "/Fields", ())], set[Any]()
        self.fields = {name: field for top in tops for name, field in _named(top, seen)}
        self.attachments = dict(_files(at(at(self.root, "/Names", {}), "/EmbeddedFiles", {}), set()))

    def digest(self, item: Any, left_out: frozenset[str] = _ABOVE, depth: int = 0) -> bytes:
        """Digest of an object with everything it refers to, but for keys that are left out."""
        if depth > _DEEPEST:
            raise ValueError("too deep")
        if isinstance(item, generic.IndirectObject):
            if item.reference not in self._known:
                self._known[item.reference] = b"..."  # a circle ends here
                self._known[item.reference] = self.digest(_followed(item), left_out, depth + 1)
            return self._known[item.reference]
        made = hashlib.sha256(type(item).__name__.encode())
        if isinstance(item, generic.DictionaryObject):
            for key in sorted(item.keys()):
                if key not in left_out:
                    made.update(str(key).encode() + self.digest(item.raw_get(key), left_out, depth + 1))
            if isinstance(item, generic.StreamObject):
                made.update(item.encoded_data)
        elif isinstance(item, generic.ArrayObject):
            for place in range(len(item)):
                made.update(self.digest(item.raw_get(place), left_out, depth + 1))
        else:
            made.update(repr(item).encode())
        return made.digest()


def _followed(item: Any) -> Any:
    return item.get_object()


def at(holder: Any, key: str, otherwise: Any) -> Any:
    """What a dictionary holds under a key, references followed."""
    return holder[key] if key in holder else otherwise  # noqa: SIM401 - `get` of pyHanko follows no references


def _kids(node: Any, seen: set[Any]) -> Iterator[Any]:
    """What lies below a node of a tree.

    Raises:
        ValueError: A node lies below itself, or at two places.
    """
    for kid in at(node, "/Kids", ()):
        if isinstance(kid, generic.IndirectObject):
            if kid.reference in seen:
                raise ValueError("a tree that is none")
            seen.add(kid.reference)
        yield _followed(kid)


def _leaves(node: Any, seen: set[Any]) -> Iterator[Any]:
    if "/Kids" not in node:
        yield node
    for kid in _kids(node, seen):
        yield from _leaves(kid, seen)


def _named(field: Any, seen: set[Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """(full name, field) of a field and of those below it (ISO 32000-1, 12.7.3.2)."""
    own = str(at(field, "/T", "without a name"))
    name = f"{above}.{own}" if above else own
    yield name, field
    for kid in _kids(field, seen):
        if "/T" in kid:
            yield from _named(kid, seen, name)


def _files(tree: Any, seen: set[Any]) -> Iterator[tuple[str, Any]]:
    """(name, file) of every attachment in a name tree."""
    names = at(tree, "/Names", ())
    yield from ((str(names[place]), names[place + 1]) for place in range(0, len(names) - 1, 2))
    for kid in _kids(tree, seen):
        yield from _files(kid, seen)


def _pages(before: _Held, after: _Held) -> Iterator[str]:
    for number, (old, new) in enumerate(zip(before.pages, after.pages, strict=False), 1):
        if before.digest(old) != after.digest(new):
            yield f"Page {number}: what is printed was changed."
        yield from _annotations(number, (before, old), (after, new))
    more = len(after.pages) - len(before.pages)
    if more:
        yield f"{abs(more)} page{'s were' if abs(more) > 1 else ' was'} {'added' if more > 0 else 'taken out'}."


def _annotations(number: int, old: tuple[_Held, Any], new: tuple[_Held, Any]) -> Iterator[str]:
    """Annotations that came, went or changed; form fields are compared by themselves."""
    kept = [_counted(held, page) for held, page in (old, new)]
    for kind in sorted({*kept[0], *kept[1]}):
        one, other = kept[0].get(kind, []), kept[1].get(kind, [])
        added, gone = [mark for mark in other if mark not in one], [mark for mark in one if mark not in other]
        words = kind.removeprefix("/") or "unknown"
        if len(other) > len(one):
            yield f"Page {number}: an annotation ({words}) was added."
        elif len(other) < len(one):
            yield f"Page {number}: an annotation ({words}) was taken away."
        elif added or gone:
            yield f"Page {number}: an annotation ({words}) was changed."


def _counted(held: _Held, page: Any) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for item in at(page, "/Annots", ()):
        annotation = item.get_object()
        kind = str(at(annotation, "/Subtype", ""))
        if kind != "/Widget":
            found.setdefault(kind, []).append(held.digest(annotation))
    return found


def _fields(before: _Held, after: _Held) -> Iterator[str]:
    def words(name: str, old: Any, new: Any) -> str:
        signature = str(at(new, "/FT", "")) == "/Sig"
        if signature and "/V" in new and "/V" not in old:
            return f"The signature field {name} was signed."
        if "/V" in old and "/V" not in new:
            return f"The form field {name} was emptied."
        value = not signature and at(old, "/V", None) != at(new, "/V", None)
        return f"The form field {name} was {'filled in' if value else 'changed'}."

    yield from _compared("form field", before, after, (before.fields, after.fields), words)


def _attachments(before: _Held, after: _Held) -> Iterator[str]:
    def words(name: str, _old: Any, _new: Any) -> str:
        return "The evidence manifest was exchanged." if name == MANIFEST else f"The attachment {name} was exchanged."

    yield from _compared("attachment", before, after, (before.attachments, after.attachments), words)


def _compared(
    kind: str, before: _Held, after: _Held, held: tuple[Mapping[str, Any], Mapping[str, Any]],
    words: Callable[[str, Any, Any], str],
) -> Iterator[str]:  # fmt: skip
    old, new = held
    for name in [*old, *(one for one in new if one not in old)]:
        if name not in new:
            yield f"The {kind} {name} was taken away."
        elif name not in old:
            yield f"The {kind} {name} was added."
        elif before.digest(old[name]) != after.digest(new[name]):
            yield words(name, old[name].get_object(), new[name].get_object())


def _rest(before: _Held, after: _Held) -> Iterator[str]:
    """What hangs at the document itself."""
    old, new = before.root, after.root
    for key in sorted({*old.keys(), *new.keys()} - _BY_THEMSELVES):
        words = _ROOT.get(key, f"the entry {key.removeprefix('/')} of the document")
        if key not in new:
            yield f"Taken away: {words}."
        elif key not in old:
            yield f"Added: {words}."
        elif before.digest(old.raw_get(key)) != after.digest(new.raw_get(key)):
            yield f"Changed: {words}."

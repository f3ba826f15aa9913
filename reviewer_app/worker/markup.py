"""CDA R2 narrative blocks (StrucDoc.Text) as blocks of plain words; HTML is read by `domain.blocks`."""

from __future__ import annotations

from lxml import etree

from reviewer_app.domain.blocks import Structure, span

_MOST_DEPTH = 200


def narrate(element: etree._Element, structure: Structure, depth: int = 0) -> None:
    """Put a narrative block into a structure."""
    if not isinstance(element.tag, str) or depth > _MOST_DEPTH:  # comments and processing instructions
        return
    name = etree.QName(element).localname.casefold()
    structure.start(name, span(element.get("colspan")), span(element.get("rowspan")))
    structure.say(element.text or "")
    for child in element:
        narrate(child, structure, depth + 1)
        structure.say(child.tail or "")
    structure.end(name)

"""What each piece of the letter is - heading, paragraph, table, figure - for those who have it read to them.

Elements are made with the pieces and take their place in the tree when they are first drawn, so the tree follows the
pages (ISO 32000-1, 14.7; PDF/UA, ISO 14289-1).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pikepdf
from pikepdf import Array, Dictionary, Name, String


@dataclass(frozen=True, slots=True)
class Content:
    """A marked stretch of a page; `page` from 0."""

    page: int
    number: int


@dataclass(frozen=True, slots=True)
class Annotation:
    """A link or field of a page, by its place among the page's annotations."""

    page: int
    number: int


@dataclass(slots=True, eq=False)
class Element:
    """One node of the tree.

    Attributes:
        tag: Standard structure type: H1, P, Table, Figure...
        alternative: Words for what is no text.
        box: Of a figure: left, bottom, right, top in points.
        scope: Of a table heading: Column or Row.
    """

    tag: str
    parent: Element | None = None
    alternative: str = ""
    scope: str = ""
    box: tuple[float, float, float, float] | None = None
    kids: list[Element | Content | Annotation] = field(default_factory=list)
    placed: bool = False

    def place(self, root: Element) -> None:
        """Take its place under its parent, or under the root."""
        if self.placed or self is root:
            return
        self.placed = True
        above = self.parent or root
        above.place(root)
        above.kids.append(self)


def write(pdf: pikepdf.Pdf, root: Element) -> None:
    """Put the tree into the file."""
    writer = _Writer(pdf)
    tree = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    tree.K = Array([writer.node(root, tree)])
    pdf.Root.StructTreeRoot = tree
    pdf.Root.MarkInfo = Dictionary(Marked=True)
    numbers = Array([])
    for index, nodes in sorted(writer.contents.items()):
        page = pdf.pages[index].obj
        page.StructParents, page.Tabs = index, Name.S
        numbers.append(index)
        numbers.append(pdf.make_indirect(Array([nodes[number] for number in sorted(nodes)])))
    following = len(pdf.pages)
    for annotation, node in writer.annotations:
        annotation.StructParent = following
        numbers.append(following)
        numbers.append(node)
        following += 1
    tree.ParentTree = pdf.make_indirect(Dictionary(Nums=numbers))
    tree.ParentTreeNextKey = following


class _Writer:
    """Collects on the way what the parent tree must say."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pdf = pdf
        self.contents: dict[int, dict[int, pikepdf.Object]] = {}
        self.annotations: list[tuple[pikepdf.Object, pikepdf.Object]] = []

    def node(self, element: Element, above: pikepdf.Object) -> pikepdf.Object:
        """An element with all below it."""
        made = self._pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{element.tag}"), P=above))
        if element.alternative:
            made.Alt = String(element.alternative)
        if element.box is not None:
            made.A = Dictionary(
                O=Name.Layout, Placement=Name.Block, BBox=Array([round(side, 2) for side in element.box])
            )
        if element.scope:
            made.A = Dictionary(O=Name.Table, Scope=Name(f"/{element.scope}"))
        kids = [self._kid(kid, made) for kid in element.kids]
        made.K = kids[0] if len(kids) == 1 else Array(kids)  # pyHanko knows a signed field only by /K/Obj
        return made

    def _kid(self, kid: Element | Content | Annotation, node: pikepdf.Object) -> pikepdf.Object:
        if isinstance(kid, Element):
            return self.node(kid, node)
        page = self._pdf.pages[kid.page].obj
        if isinstance(kid, Content):
            self.contents.setdefault(kid.page, {})[kid.number] = node
            return Dictionary(Type=Name.MCR, Pg=page, MCID=kid.number)
        annotation = page.Annots[kid.number]
        self.annotations.append((annotation, node))
        return Dictionary(Type=Name.OBJR, Obj=annotation, Pg=page)

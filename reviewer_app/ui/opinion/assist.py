"""What helps while writing: words the dictionary does not know are underlined, texts to begin with are offered."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import QMenu

from reviewer_app.domain.snippets import Snippet
from reviewer_app.ui import theme

_WORD_SIGNS = "'\u2019-"


class Assist(QObject):
    """What the editors of one page share.

    Signals:
        changed: Other words are misspelt.
        suggested: Suggestions have come for a word.
        wanted: Suggestions for a word are wanted.
        taught: A word is right and to be known from now on.
    """

    changed = Signal()
    suggested = Signal(str)
    wanted = Signal(str)
    taught = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.misspelt: frozenset[str] = frozenset()
        self.snippets: tuple[Snippet, ...] = ()
        self._suggestions: dict[str, tuple[str, ...]] = {}

    def show(self, misspelt: frozenset[str], snippets: tuple[Snippet, ...]) -> None:
        """Take over what is known now."""
        self.snippets = snippets
        if misspelt != self.misspelt:
            self.misspelt = misspelt
            self.changed.emit()

    def suggestions(self, word: str) -> tuple[str, ...] | None:
        """Suggestions for a word, or None where they are still looked for."""
        if word not in self._suggestions:
            self.wanted.emit(word)
            return None
        return self._suggestions[word]

    def take_suggestions(self, word: str, found: tuple[str, ...]) -> None:
        """Suggestions have been found."""
        self._suggestions[word] = found
        self.suggested.emit(word)

    def snippet(self, keyword: str, field: str) -> Snippet | None:
        """The snippet of a keyword that fits a field, or None."""
        return next((one for one in self.snippets if one.keyword == keyword and one.fits(field)), None)

    def fitting(self, field: str) -> tuple[Snippet, ...]:
        """Snippets for a field, those made for it first."""
        found = [one for one in self.snippets if one.fits(field)]
        return tuple(sorted(found, key=lambda one: not one.field))


class Underlines(QSyntaxHighlighter):
    """Underlines misspelt words."""

    def __init__(self, document: QTextDocument, assist: Assist) -> None:
        super().__init__(document)
        self._assist = assist
        assist.changed.connect(self.rehighlight)

    def highlightBlock(self, text: str) -> None:
        """Underline what is misspelt in one paragraph."""
        if not self._assist.misspelt:
            return
        wrong = QTextCharFormat()
        wrong.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SpellCheckUnderline)
        wrong.setUnderlineColor(theme.colour("danger"))
        for start, word in spelt(text):
            if word in self._assist.misspelt:
                self.setFormat(start, len(word), wrong)


def spelt(text: str) -> list[tuple[int, str]]:
    """Words with their places."""
    found, start = [], -1
    for place, sign in enumerate(f"{text} "):
        inside = sign.isalpha() or (start >= 0 and sign in _WORD_SIGNS and text[place + 1 : place + 2].isalpha())
        if inside and start < 0:
            start = place
        elif not inside and start >= 0:
            found.append((start, text[start:place]))
            start = -1
    return found


def fill_suggestions(menu: QMenu, before: QAction | None, assist: Assist, word: str) -> list[QAction]:
    """Put suggestions for a word, or that they are looked for, at the top of a menu; each action's data is its text."""
    found = assist.suggestions(word)
    texts = ["Looking for suggestions"] if found is None else list(found) or ["No suggestions"]
    made = []
    for text in texts:
        action = QAction(text, menu)
        action.setEnabled(bool(found))
        action.setData(text if found else "")
        menu.insertAction(before, action) if before else menu.addAction(action)
        made.append(action)
    return made

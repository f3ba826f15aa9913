"""Every text can be read in both themes, and nothing but the theme names a colour."""

from __future__ import annotations

import re
from dataclasses import astuple
from pathlib import Path

import pytest

from reviewer_app.ui import theme
from reviewer_app.ui.theme import DARK, LIGHT, Tokens

UI = Path(theme.__file__).parent


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2, relative luminance)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio (WCAG 2.2, contrast ratio)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("text", ["text", "muted", "accent", "good", "warn", "danger"])
@pytest.mark.parametrize("behind", ["surface", "raised", "sunken", "hover", "selected"])
def test_text_is_readable(tokens: Tokens, text: str, behind: str):
    assert contrast(getattr(tokens, text), getattr(tokens, behind)) >= 4.5


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_text_on_the_accent_and_over_images_is_readable(tokens: Tokens):
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5
    assert contrast(tokens.on_image, tokens.image_black) >= 4.5


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("behind", ["surface", "raised", "sunken"])
def test_outlines_of_controls_and_the_focus_ring_are_seen(tokens: Tokens, behind: str):
    assert contrast(tokens.edge, getattr(tokens, behind)) >= 3
    assert contrast(tokens.accent, getattr(tokens, behind)) >= 3


def test_images_stand_on_black_in_both_themes():
    assert DARK.image_black == LIGHT.image_black == "#000000"


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_every_token_is_a_colour(tokens: Tokens):
    assert all(re.fullmatch(r"#[0-9a-f]{6}", value) for value in astuple(tokens))


def test_no_other_module_of_the_screens_names_a_colour():
    literal = re.compile(r"""["']#[0-9a-fA-F]{3,8}["']|rgba?\(""")
    found = [
        path.name for path in UI.rglob("*.py") if path.name != "theme.py" and literal.search(path.read_text("utf-8"))
    ]
    assert found == []


def test_the_size_of_text_follows_the_user(qapp):
    theme.apply(qapp, "dark", 1.5)
    assert theme.size(theme.BODY) == 20
    assert theme.font().pixelSize() == 20
    assert "font-size: 30px" in qapp.styleSheet()


def test_figures_stand_below_each_other(qapp):
    from PySide6.QtGui import QFontMetrics

    metrics = QFontMetrics(theme.font())
    assert len({metrics.horizontalAdvance(str(digit) * 8) for digit in range(10)}) == 1

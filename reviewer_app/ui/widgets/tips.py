"""Tooltips that show text as it is: Qt would take a text with tags in it for rich text."""

from __future__ import annotations

from html import escape


def plain_tip(text: str) -> str:
    """A tooltip of exactly this text, its lines kept; empty where there is nothing to say."""
    return f"<span style='white-space:pre-wrap'>{escape(text)}</span>" if text else ""

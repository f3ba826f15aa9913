"""Texts and sources of the practice clinic."""

"""Consilium: the offline desk of a specialist who gives second opinions."""

__version__ = "0.1.0"

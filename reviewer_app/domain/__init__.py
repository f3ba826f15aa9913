"""Nouns and rules of second opinions; standard library only, frozen values, no input or output."""

"""Spelling dictionaries of the SCOWL project (Hunspell format), and medical words that they do not have."""

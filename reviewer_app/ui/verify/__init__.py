"""Checking a signed letter that lies in a file."""

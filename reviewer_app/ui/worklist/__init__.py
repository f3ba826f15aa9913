"""Assigned cases: what is due first, what is here, accept or decline."""

"""Measurements of the whole product beside a peer that does the bare minimum in the same run; `make bench`.

Nothing here is asserted: a number belongs to the machine it was taken on, which is printed above it.
"""

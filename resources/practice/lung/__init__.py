"""Texts of one practice case."""

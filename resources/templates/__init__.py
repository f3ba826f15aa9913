"""Texts to begin with, as data: general ones and one file for each group of specialties."""

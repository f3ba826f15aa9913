"""Analytes with their LOINC codes and units, and units as laboratories write them."""

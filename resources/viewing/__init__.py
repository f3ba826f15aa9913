"""Colour maps and the usual windows of modalities; read by `services.palettes`."""

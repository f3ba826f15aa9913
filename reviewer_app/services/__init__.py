"""Verbs: what a specialist does, over vault, servers, images and letters; no Qt."""

"""Who signs, with what, and how the desk behaves."""

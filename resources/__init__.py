"""Files that ship with Consilium: fonts, colour profiles, practice texts."""

"""The opinion pane: the sections of the letter, their citations and rules, preview and signature."""

"""Pages of the manual that the program shows itself."""

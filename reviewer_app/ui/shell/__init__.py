"""The frame around every screen: window, rail, patient banner, status bar, palette, and the desk of panes."""

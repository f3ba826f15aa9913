"""The viewer: series rail, viewports, and everything that is said on top of a picture."""

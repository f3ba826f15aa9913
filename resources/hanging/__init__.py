"""Hanging protocols: which series of a case go into which tile; read by `services.hanging`."""

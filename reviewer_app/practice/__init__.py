"""The practice clinic: real servers on loopback, and synthetic cases with images to load into them.

Nothing here is a real person or a real image.  Practice material is plaintext only in the clinic's own folder, which
plays the hospital; never in the folder of a vault.
"""

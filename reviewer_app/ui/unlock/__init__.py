"""The way in: create, unlock or recover the vault, and the first programme."""

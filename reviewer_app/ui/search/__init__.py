"""Words in the records and documents of all cases of the vault."""

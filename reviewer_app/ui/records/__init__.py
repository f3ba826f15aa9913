"""Records pane: the list of what was sent about the patient, and the reader beside it."""

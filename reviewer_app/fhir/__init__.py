"""FHIR R4: the client, what resources mean in the domain, and what the domain becomes as resources.

Nothing here writes to the vault or decides when to talk to a server; that is `services`.
"""

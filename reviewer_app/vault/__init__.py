"""The encrypted store: everything of every case on this machine, and the only importer of SQLCipher and key code.

`Vault` is the face; its stores are modules of the same name.  See docs in `vault`, `sealed` and `slots`.
"""

from reviewer_app.vault.vault import Vault

__all__ = ["Vault"]

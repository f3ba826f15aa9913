"""Builders: a letter that its specialist signed, and the desk of the director who releases it, of one hospital."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from reviewer_app.services import identity, signing
from reviewer_app.services.session import Session
from tests.desks import CASE_ID, open_session
from tests.integration.test_signing import write
from tests.signing_authority import Authority


@contextmanager
def desk_of(name: str, home: Path, authority: Authority) -> Iterator[Session]:
    """An open session of somebody to whom the authority gave a certificate."""
    with closing(open_session(home)) as session:
        identity.import_pkcs12(session, *authority.signer(name)[:2])
        yield session


def signed_letter(home: Path, authority: Authority) -> bytes:
    """A letter that its specialist signed."""
    with desk_of("Dr Specialist", home, authority) as session:
        write(session)
        signing.sign(session, CASE_ID, signing.preview(session, CASE_ID))
        return signing.pdf(session, CASE_ID)

"""Enrolling with a programme's servers, and checking what they can do.

A check only reads; it creates nothing on the servers.
"""

from __future__ import annotations

from reviewer_app.domain.profile import Credentials, Server
from reviewer_app.services.session import Session


def enrol(
    session: Session,
    fhir_url: str,
    dicomweb_url: str,
    fhir_auth: Credentials,
    dicomweb_auth: Credentials,
    *,
    reviewer: str = "",
    quality_review: bool = False,
) -> Server:
    """Check both servers and keep them in the vault; the same pair again updates what is known of it.

    Args:
        reviewer: Reference of the practitioner whose assignments are pulled; empty takes every assignment shown.
        quality_review: Whether a medical director releases opinions.

    Raises:
        BadInput: A URL is not https (http is only taken for this machine itself), or the reference is none.
        Offline, Unauthorised, WrongAddress, BrokenAnswer: One of the servers cannot be used; nothing is kept.
    """
    raise NotImplementedError


def check(
    fhir_url: str, dicomweb_url: str, fhir_auth: Credentials, dicomweb_auth: Credentials
) -> tuple[tuple[str, str], ...]:
    """What the servers can do, as (what was looked at, what was found); a problem is a finding too.

    Raises:
        BadInput: A URL cannot be used.
    """
    raise NotImplementedError

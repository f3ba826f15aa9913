"""The hole of a signature: the only bytes of the file that the digest leaves out.

What lies in it is checked to the byte, so that nothing can be hidden there: it must be exactly the hexadecimal text of
the CMS object, in one case of letters, and zeros.
"""

from __future__ import annotations

from typing import Any

from asn1crypto import cms

_SIGNED_DATA = "signed_data"
TIME_STAMP = "signature_time_stamp_token"


def tampered(pdf: bytes, signature: Any) -> str | None:
    """What is wrong with the hole, or None.

    Args:
        signature: pyHanko's embedded signature.
    """
    start, first, second, rest = (int(number) for number in signature.byte_range)
    if start != 0 or not 0 < first < second or second + rest > len(pdf):
        return "its byte range is not of this file"
    hole = pdf[first:second]
    if hole[:1] != b"<" or hole[-1:] != b">":
        return "its byte range does not lie around the signature"
    digits = hole[1:-1]
    if digits not in (digits.lower(), digits.upper()):
        return "its letters were altered"
    try:
        content = bytes.fromhex(digits.decode("ascii"))
        info = cms.ContentInfo.load(content)
        encoded = info.dump(force=True)
    except (ValueError, TypeError):
        return "it cannot be read"
    if not content.startswith(encoded):
        return "it is not encoded as it was made (DER)"
    if any(content[len(encoded) :]):
        return "something stands behind it in the reserved space"
    return _loose(info)


def _loose(info: cms.ContentInfo) -> str | None:
    """What is wrong with the parts of the CMS object (RFC 5652) that no signature covers."""
    if info["content_type"].native != _SIGNED_DATA:
        return "it is no CMS signature"
    data = info["content"]
    signers = data["signer_infos"]
    if len(signers) != 1:
        return "it does not hold exactly one signer"
    signer = signers[0]
    algorithms = {one["algorithm"].native for one in data["digest_algorithms"]}
    plain = data["version"].native == "v1" and signer["version"].native == "v1"
    if not plain or algorithms != {signer["digest_algorithm"]["algorithm"].native}:
        return "its header was altered"
    extra = {attribute["type"].native for attribute in signer["unsigned_attrs"] or ()}
    return None if extra <= {TIME_STAMP} else "it carries unsigned attributes"

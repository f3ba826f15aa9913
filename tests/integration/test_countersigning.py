"""The director releases what the specialist signed: no byte of it changes, and its certification stays valid."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from reviewer_app.cli import main
from reviewer_app.errors import NotAllowed
from reviewer_app.services import countersigning, identity, verification
from tests.desks import PASSPHRASE
from tests.releases import desk_of, signed_letter
from tests.signing_authority import Authority


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture(scope="module")
def letter(tmp_path_factory, authority):
    """A letter that its specialist signed."""
    return signed_letter(tmp_path_factory.mktemp("specialist") / "home", authority)


@pytest.fixture
def director(tmp_path, authority):
    with desk_of("Dr Director", tmp_path / "home", authority) as session:
        yield session


def test_a_released_letter_carries_both_signatures_and_begins_with_the_one_that_was_signed(letter, director, authority):
    released = countersigning.countersign(director, letter, [authority.pem])
    assert released.startswith(letter)
    verdict = verification.verify(released, [authority.pem], required=["Director"])
    assert verdict.ok, verdict.lines
    assert [(signer.field, signer.name) for signer in verdict.signers] == [
        ("Specialist", "Dr Specialist"),
        ("Director", "Dr Director"),
    ]
    with pytest.raises(NotAllowed, match="released already"):
        countersigning.countersign(director, released, [authority.pem])


def test_the_specialists_certification_stays_valid_says_another_program(letter, director, authority, tmp_path):
    if not shutil.which("pdfsig"):
        pytest.skip("needs poppler-utils")
    file = tmp_path / "released.pdf"
    file.write_bytes(countersigning.countersign(director, letter, [authority.pem]))
    said = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=False).stdout
    assert said.count("Signature is Valid") == 2
    assert said.count("Total document signed") == 1  # the director's; the specialist's covers what was there then
    assert ["Dr Specialist" in said, "Dr Director" in said] == [True, True]


def test_only_an_unchanged_letter_of_a_trusted_colleague_can_be_released(letter, director, authority):
    changed = bytearray(letter)
    changed[letter.index(b"stream") + 40] ^= 1
    for pdf, trust in ((bytes(changed), [authority.pem]), (letter, []), (letter, [Authority().pem])):
        with pytest.raises(NotAllowed, match="does not verify"):
            countersigning.countersign(director, pdf, trust)
    identity.import_pkcs12(director, *authority.signer("Dr Specialist")[:2])
    with pytest.raises(NotAllowed, match="not released by its author"):
        countersigning.countersign(director, letter, [authority.pem])


def test_a_letter_is_released_in_the_terminal(letter, director, authority, tmp_path, monkeypatch, capsys):
    director.close()
    monkeypatch.setenv("CONSILIUM_HOME", str(director.home))
    monkeypatch.setenv("CONSILIUM_PASSPHRASE", PASSPHRASE)
    (tmp_path / "letter.pdf").write_bytes(letter)
    (tmp_path / "root.pem").write_bytes(authority.pem)
    signed, released, root = (str(tmp_path / name) for name in ("letter.pdf", "released.pdf", "root.pem"))
    assert main(["countersign", signed, released, "--trust", root]) == 0
    capsys.readouterr()
    assert main(["verify", released, "--trust", root, "--require", "Director", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is True
    assert [signer["field"] for signer in told["signers"]] == ["Specialist", "Director"]
    assert [revision["signed"] for revision in told["revisions"]] == [["Director"]]
    assert main(["verify", signed, "--trust", root, "--require", "Director"]) == 7

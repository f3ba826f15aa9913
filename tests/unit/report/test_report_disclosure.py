"""One item of evidence shown alone, proven to belong to the letter; and manifests of any size."""

from __future__ import annotations

import io
import json
import zlib

import pikepdf
import pytest

from reviewer_app import report
from reviewer_app.errors import BadInput, NotFound, Unreadable
from reviewer_app.report import evidence
from reviewer_app.services import verification


def manifest_of(letter, count):
    items = [
        report.Evidence(n, "fhir", f"Observation/{n}/_history/1", f"{n:064x}", f"{n:064x}") for n in range(1, count + 1)
    ]
    return report.manifest(letter.opinion, "SO-1", letter.made_at, items, ["Observation/1/_history/1"], b"seed")


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13, 300])
def test_any_item_alone_leads_to_the_root_of_its_manifest(letter, count):
    whole = manifest_of(letter, count)
    root = json.loads(whole)["merkle"]
    for number in {1, 2, count // 2 + 1, count - 1, count} & set(range(1, count + 1)):
        shown = report.disclosed(whole, f"E{number}")
        item = verification.check_disclosed(shown, root)
        assert (item.id, item.ref) == (f"E{number}", f"Observation/{number}/_history/1")


def test_a_disclosed_item_says_nothing_of_the_others(letter):
    shown = report.disclosed(manifest_of(letter, 40), "E7").decode()
    assert "Observation/7/" in shown
    assert shown.count("Observation/") == 1
    assert not any(f"{number:064x}" in shown for number in range(1, 41) if number != 7)


def test_a_changed_item_belongs_to_no_letter(letter):
    whole = manifest_of(letter, 9)
    root = json.loads(whole)["merkle"]
    shown = report.disclosed(whole, "E4")
    with pytest.raises(BadInput):
        verification.check_disclosed(shown.replace(b"Observation/4", b"Observation/5"), root)
    with pytest.raises(BadInput):
        verification.check_disclosed(shown, json.loads(manifest_of(letter, 10))["merkle"])
    for junk in (b"", b"{}", b'{"type":"consilium-evidence-item/1","item":{},"path":[]}', b"[" * 9000):
        with pytest.raises(BadInput):
            verification.check_disclosed(junk, root)
    with pytest.raises(NotFound):
        report.disclosed(whole, "E10")


def test_a_node_cannot_be_passed_off_as_an_item(letter):
    """The prefixes of leaves and nodes differ, so a pair of hashes is no leaf."""
    leaves = [bytes([number]) * 32 for number in range(2)]
    assert evidence.root(leaves) != evidence.root([leaves[0] + leaves[1]])


def test_a_manifest_of_300_citations_checks_out(letter):
    found = evidence.check(manifest_of(letter, 300))
    assert (found.evidence, found.problems[1:]) == (300, ())


def test_a_pdf_that_would_grow_without_end_is_refused_and_does_not_fill_the_memory(letter):
    machine, megabyte = zlib.compressobj(), bytes(1 << 20)
    bomb = b"".join(machine.compress(megabyte) for _ in range(300)) + machine.flush()
    with pikepdf.open(io.BytesIO(report.build(letter))) as pdf:
        file = pdf.Root.Names.EmbeddedFiles.Names[1].EF.F
        file.write(bomb, filter=pikepdf.Name.FlateDecode)
        out = io.BytesIO()
        pdf.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    assert len(out.getvalue()) < 1 << 20
    with pytest.raises(Unreadable):
        report.attached_manifest(out.getvalue())
    assert not report.verify(out.getvalue(), []).ok

"""The manifest proves what was cited: the text of a decimal counts, the order of keys does not."""

from __future__ import annotations

import json

import pytest

from reviewer_app.domain.opinion import Section
from reviewer_app.report import Evidence, fhir_digest, manifest, pixel_digest, received_digest
from reviewer_app.report.evidence import canonical, check, leaf, root

OBSERVATION = b'{"resourceType":"Observation","id":"k","valueQuantity":{"value":3.20,"unit":"ug/L"}}'
ITEMS = [Evidence(n, "fhir", f"Observation/{n}/_history/1", "aa", "bb", (("page", "2"),)) for n in range(1, 6)]


@pytest.fixture
def made(letter):
    return manifest(letter.opinion, "SO-1", letter.made_at, ITEMS, ["Observation/2", "Observation/1"], b"seed")


@pytest.mark.parametrize("changed", [b"3.21", b"3.2", b"3.200", b'"3.20"', b"32.0e-1"])
def test_another_text_of_a_decimal_is_another_content(changed):
    assert fhir_digest(OBSERVATION.replace(b"3.20", changed)) != fhir_digest(OBSERVATION)


def test_the_same_content_in_another_order_is_the_same_content():
    other = b'{ "valueQuantity": {"unit":"ug/L", "value":3.20}, "id":"k", "resourceType":"Observation"}'
    assert fhir_digest(other) == fhir_digest(OBSERVATION)
    assert received_digest(other) != received_digest(OBSERVATION)


def test_a_key_said_twice_never_passes_for_the_same_content():
    assert fhir_digest(b'{"a":1,"a":2}') != fhir_digest(b'{"a":2}')
    assert fhir_digest(b"not json") != fhir_digest(b"not  json")


def test_nesting_without_end_is_taken_as_bytes():
    assert fhir_digest(b"[" * 100_000) == fhir_digest(b"[" * 100_000)


def test_one_pixel_and_one_shape_more_is_another_content():
    base = pixel_digest((2, 3), "<i2", bytes(12))
    assert pixel_digest((2, 3), "<i2", bytes(11) + b"\1") != base
    assert pixel_digest((3, 2), "<i2", bytes(12)) != base
    assert pixel_digest((2, 3), "<u2", bytes(12)) != base


def test_a_manifest_is_the_same_for_the_same_letter_and_checks_out(made, letter):
    again = manifest(letter.opinion, "SO-1", letter.made_at, ITEMS, ["Observation/1", "Observation/2"], b"seed")
    assert made == again
    assert check(made).problems == ()
    assert check(made).evidence == 5


def test_conclusions_stand_word_for_word_with_what_they_cite(made, letter):
    said = {one["anchor"]: one for one in json.loads(made)["conclusions"]}
    assert said["section:diagnosis"]["text"] == letter.opinion.text(Section.DIAGNOSIS)
    assert said["section:diagnosis"]["cites"] == ["E2", "E5"]
    assert said["answer:q1"]["cites"] == ["E1"]


def test_salts_differ_from_item_to_item_and_letter_to_letter(made, letter):
    other = manifest(letter.opinion, "SO-1", letter.made_at, ITEMS, [], b"another")
    salts = [item["salt"] for content in (made, other) for item in json.loads(content)["evidence"]]
    assert len(set(salts)) == len(salts)


def test_one_item_can_be_disclosed_alone(made):
    found = json.loads(made)
    leaves = [leaf(item) for item in found["evidence"]]
    assert root(leaves) == found["merkle"]
    alone = [leaf(found["evidence"][2]) if index == 2 else other for index, other in enumerate(leaves)]
    assert root(alone) == found["merkle"]


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m["evidence"][1].update(content="cc"),
        lambda m: m["evidence"][1].update(salt="00" * 16),
        lambda m: m["evidence"].pop(),
        lambda m: m["evidence"].reverse(),
        lambda m: m["conclusions"][0].update(cites=["E9"]),
        lambda m: m.update(type="other/1"),
        lambda m: m.pop("merkle"),
    ],
)
def test_a_changed_manifest_does_not_check_out(made, change):
    found = json.loads(made)
    change(found)
    assert check(canonical(found)).problems
    assert check(canonical(found)).evidence is None


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"null", b"\xff", b"[" * 100_000])
def test_what_is_no_manifest_is_a_sentence(content):
    assert check(content).problems


def test_three_hundred_items_are_a_small_file(letter):
    items = [Evidence(n, "fhir", f"Observation/{n}/_history/1", "a" * 64, "b" * 64) for n in range(1, 301)]
    content = manifest(letter.opinion, "SO-1", letter.made_at, items, [], b"seed")
    assert check(content).evidence == 300
    assert len(content) < 150_000

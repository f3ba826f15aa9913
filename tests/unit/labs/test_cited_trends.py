"""What a letter says of a cited value and of a whole cited trend."""

from __future__ import annotations

import json
from dataclasses import replace

from reviewer_app.domain.dates import now
from reviewer_app.domain.opinion import Citable, Opinion, ResultPlace
from reviewer_app.domain.places import TrendView
from reviewer_app.services import letter, opinions
from reviewer_app.vault.encoding import decode, encode
from tests.desks import CASE_ID, HAEMOGLOBIN, open_session


def test_a_whole_trend_is_a_source_of_its_own_beside_its_newest_value(tmp_path):
    session = open_session(tmp_path / "home")
    newest = session.vault.results.of(CASE_ID, HAEMOGLOBIN)[0]
    earlier = replace(newest, record="Observation/hb0", when=replace(newest.when, text="2026-05-01"))
    earlier = replace(earlier, value=replace(earlier.value, text="13.4"))
    session.vault.records.put(CASE_ID, replace(session.vault.records.get(CASE_ID, HAEMOGLOBIN), id=earlier.record), b"")
    session.vault.results.put(CASE_ID, [earlier])
    value = ResultPlace(HAEMOGLOBIN, "1", "", "loinc:718-7", view=TrendView(("loinc:718-7",), 1.7e9, 1.8e9))
    opinions.cite(session, CASE_ID, "section:diagnosis", Citable("Hb", result=value))
    opinions.cite(session, CASE_ID, "section:diagnosis", Citable("Hb again", result=replace(value, view=None)))
    opinions.cite(session, CASE_ID, "section:diagnosis", Citable("Hb trend", result=replace(value, whole=True)))
    made = letter.gather(session, opinions.open(session, CASE_ID), now(), b"seed")
    said = [source.what for source in made.sources]
    assert said == [
        "Haemoglobin: 11.90 g/dL (L), reference 12.0 \u2013 15.5 g/dL",
        "Haemoglobin, 2 results 2026-05-01 to 2026-10-01, 11.90 to 13.4 g/dL",
    ]
    session.close()


def test_how_a_trend_was_seen_is_kept_with_the_draft_and_drafts_without_it_are_read(tmp_path):
    session = open_session(tmp_path / "home")
    view = TrendView(("analyte:creatinine", "loinc:718-7"), 1.7e9, 1.8e9, "log", "si")
    place = ResultPlace(HAEMOGLOBIN, "1", "", "loinc:718-7", whole=True, view=view)
    opinions.cite(session, CASE_ID, "section:diagnosis", Citable("Hb", result=place))
    kept = opinions.open(session, CASE_ID)
    assert [one.result.view for one in kept.citations] == [view]
    older = json.loads(encode(kept))
    for citation in older["citations"]:
        del citation["result"]["view"], citation["result"]["whole"]
    (read,) = decode(Opinion, json.dumps(older).encode()).citations
    assert (read.result.view, read.result.whole) == (None, False)
    session.close()

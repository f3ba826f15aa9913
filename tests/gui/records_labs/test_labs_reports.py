"""Reports of microbiology and pathology in the laboratory pane."""

from __future__ import annotations

import json

from PySide6.QtWidgets import QLabel

from reviewer_app.fhir import decode, records
from reviewer_app.ui.labs.presenter import LabsPresenter
from reviewer_app.ui.labs.view import LabsView
from tests.gui.records_labs.conftest import CASE

CULTURE = {
    "resourceType": "Observation", "id": "culture", "meta": {"versionId": "3"}, "status": "final",
    "code": {"text": "Bacteria identified in Blood by Culture"}, "subject": {"reference": "Patient/p"},
    "effectiveDateTime": "2026-07-12", "valueString": "S. aureus",
    "component": [{"code": {"text": "Penicillin"}, "valueString": "R", "interpretation": [
        {"coding": [{"code": "R"}]}]}],
}  # fmt: skip


def test_a_culture_is_read_as_a_report_cited_whole_or_by_a_finding_and_seen_again(bench, qtbot):
    resource = decode.resource(json.dumps(CULTURE).encode())
    kept, found = records.observation(resource, "Patient/p", {})
    bench.session.vault.records.put(CASE, kept, resource.raw)
    bench.session.vault.results.put(CASE, found)
    view = LabsView()
    qtbot.addWidget(view)
    presenter = LabsPresenter(view, bench.context, bench.case)
    presenter.start()
    (row,) = presenter.state.shown
    assert (row.heading, row.last, row.count) == ("Microbiology", "S. aureus", 2)
    presenter.choose((row.key,))
    said = [part.text() for part in view.report.findChildren(QLabel)]
    assert "Penicillin: R, resistant" in said
    whole = presenter.selection()
    assert whole.record.record == "Observation/culture"
    assert whole.record.version == "3"
    presenter.open_record()
    assert bench.bus.link.sent == [("record:Observation/culture",)]
    finding = next(line for line in presenter.state.table if line.analyte == "Penicillin")
    presenter.point_at(finding.id)
    cited = presenter.selection().as_citation("c", "section:diagnosis", None)
    assert cited.result.component == "Penicillin"
    presenter.show_place(cited)
    assert presenter.state.selected == finding.id
    assert presenter.state.report is not None
    presenter.close()


def test_results_in_words_are_read_where_there_is_nothing_to_draw(bench, recorder):
    titres = [
        {
            "resourceType": "Observation", "id": f"t{month}", "status": "final", "code": {"text": "Nuclear Ab"},
            "subject": {"reference": "Patient/p"}, "effectiveDateTime": f"2026-0{month}-05",
            "valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 80 * month}},
        }
        for month in (2, 8)
    ]  # fmt: skip
    for titre in titres:
        kept, found = records.observation(decode.resource(json.dumps(titre).encode()), "Patient/p", {})
        bench.session.vault.records.put(CASE, kept, b"")
        bench.session.vault.results.put(CASE, found)
    presenter = LabsPresenter(recorder(), bench.context, bench.case)
    presenter.start()
    presenter.choose(tuple(row.key for row in presenter.state.shown))
    assert [line.text for line in presenter.state.report.lines] == ["2026-08-05   1:640", "2026-02-05   1:160"]
    assert not presenter.state.report.whole
    assert not presenter.state.panels
    presenter.close()

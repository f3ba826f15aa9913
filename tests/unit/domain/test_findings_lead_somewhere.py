"""A click on any finding leads to the place where it is mended."""

from __future__ import annotations

import pytest

from reviewer_app.domain.rules import check
from reviewer_app.domain.surroundings import Surroundings
from reviewer_app.ui.opinion.page import blocks, stands_at
from reviewer_app.ui.opinion.view import ELSEWHERE
from tests.unit.domain.test_rules_both_ways import WRONG_AND_RIGHT


@pytest.mark.parametrize("wrong", [wrong for _rule, wrong, _right in WRONG_AND_RIGHT], ids=lambda _: "")
def test_every_finding_stands_at_a_block_of_the_page_or_names_another_page(wrong):
    desk = wrong()
    findings = check(desk)
    page = blocks(desk.opinion, findings, desk.case, Surroundings(images=desk.images), {})
    places = {block.anchor for block in page} | ELSEWHERE
    lost = [(one.rule, one.anchor) for one in findings if stands_at(one.anchor, desk.opinion) not in places]
    assert not lost
    assert {one for one in findings if one.anchor not in ELSEWHERE} <= {one for block in page for one in block.findings}

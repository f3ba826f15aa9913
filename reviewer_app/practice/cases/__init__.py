"""The practice cases: invented people whose records and images agree with each other.

Each case is one module that tells its story as data; the modules beside them say how a resource, a document or a
study is written.  `write_cases` lays them out as case folders.
"""

from __future__ import annotations

from reviewer_app.practice.cases.folder import CASE_NAMES, write_cases

__all__ = ["CASE_NAMES", "write_cases"]

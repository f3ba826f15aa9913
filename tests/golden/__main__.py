"""`python -m tests.golden`: make the golden table again and say whether every row passes."""

from __future__ import annotations

import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from tests.golden.table import DATA, REPORT, report, rows


def main() -> int:
    """Write the report; 1 where a row fails, 2 where the test images are missing."""
    if not DATA.is_dir():
        sys.stderr.write("The shared test images are not here, so there is nothing to compare.\n")
        return 2
    application = QApplication.instance() or QApplication([])
    found = rows()
    REPORT.write_text(report(found), "utf-8")
    failed = [row for row in found if not row.passed]
    sys.stdout.write(f"{len(found) - len(failed)} of {len(found)} rows pass: {REPORT}\n")
    sys.stdout.writelines(f"FAIL {row.group}, {row.image}: {row.expected}: {row.shown}\n" for row in failed)
    del application
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

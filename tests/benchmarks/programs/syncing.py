"""One sync of a profile, timed from the open vault to the end of the round."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from reviewer_app.jobs import Job
from reviewer_app.services import session as sessions
from reviewer_app.services import sync
from tests.desks import PASSPHRASE

if __name__ == "__main__":
    session = sessions.unlock(Path(sys.argv[1]), PASSPHRASE)
    began = time.perf_counter()
    report = sync.run(session, Job())
    taken = time.perf_counter() - began
    session.close()
    if report.problems:
        raise SystemExit("\n".join(report.problems))
    sys.stdout.write(json.dumps({"seconds": taken}) + "\n")

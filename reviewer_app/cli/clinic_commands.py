"""Commands that start the practice clinic, fill it, and show the whole journey on it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from reviewer_app.cli.describing import command
from reviewer_app.cli.profile_folder import home_of
from reviewer_app.cli.replies import Reply
from reviewer_app.jobs import Job


def add_to(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Describe the commands of this family."""
    clinic = command(commands, "clinic", "the practice clinic: real servers on this machine")
    acts = clinic.add_subparsers(dest="act", required=True, metavar="ACT")
    start = command(acts, "start", "start both servers with the practice cases", shared)
    start.add_argument("--empty", action="store_true", help="without the practice cases")
    start.add_argument("--dicomweb", choices=["orthanc", "tiny-pacs"], default="", help="insist on one image server")
    start.set_defaults(run=_start)
    load = command(acts, "load", "load case folders (bundle.json, dicom/)", shared)
    load.add_argument("folders", nargs="+", metavar="FOLDER", help="of one case each")
    load.add_argument("--later", action="store_true", help="the later state of the case (bundle_v2.json)")
    load.set_defaults(run=_load)
    command(acts, "stop", "end the servers", shared).set_defaults(run=_stop)
    command(acts, "status", "is it running, and where?", shared).set_defaults(run=_status)
    for act in acts.choices.values():
        act.add_argument("--clinic", metavar="FOLDER", help="the clinic's own folder")


def _folder(options: argparse.Namespace) -> Path:
    if options.clinic:
        return Path(options.clinic)
    from reviewer_app.services.first_run import practice_folder

    return practice_folder(home_of(options))


def _start(options: argparse.Namespace) -> Reply:
    from reviewer_app.services import clinic

    running = clinic.start(_folder(options), Job(), cases=not options.empty, dicomweb=options.dicomweb)
    return Reply(running, running.lines)


def _load(options: argparse.Namespace) -> Reply:
    from reviewer_app.services import clinic

    loaded = [clinic.load(_folder(options), Path(folder), Job(), later=options.later) for folder in options.folders]
    return Reply(loaded, [line for one in loaded for line in one.lines])


def _stop(options: argparse.Namespace) -> Reply:
    from reviewer_app.services import clinic

    ran = clinic.stop(_folder(options))
    return Reply({"stopped": ran}, ("The clinic is closed.",) if ran else ("No clinic was running.",))


def _status(options: argparse.Namespace) -> Reply:
    from reviewer_app.services import clinic

    running = clinic.status(_folder(options))
    return Reply(running, running.lines if running else ("No clinic is running.",))

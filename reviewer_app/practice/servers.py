"""Starting and stopping the clinic's two servers, and waiting until they answer.

sekmet-fhir serves FHIR.  Orthanc serves DICOMweb where it is installed and can be kept on loopback, else tiny-pacs
does. Loading records and images is in loader.py; how a server is fenced and leashed in fence.py and leash.py.
"""

from __future__ import annotations

import importlib.util
import socket
import time
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2

from reviewer_app.errors import BadInput, NotAllowed, ServerProblem
from reviewer_app.jobs import Job
from reviewer_app.practice import clinic as record
from reviewer_app.practice import fence
from reviewer_app.practice.clinic import Clinic, Place
from reviewer_app.practice.processes import ServerProcess, end, launch, runs, server_of
from reviewer_app.practice.programs import (
    Program,
    orthanc_in_namespace,
    orthanc_with_shim,
    sekmet,
    tiny_pacs,
    why_no_orthanc,
)

_READY_SECONDS = 60.0
_TRIES = 3


@dataclass(frozen=True, slots=True)
class _Up:
    program: Program
    port: int
    processes: tuple[ServerProcess, ...]


def start(folder: Path, job: Job, *, held: bool, dicomweb: str = "") -> Clinic:
    """Start both servers, or return the clinic that runs in the folder already.

    Args:
        held: Whether the servers end with this process.
        dicomweb: `orthanc`, `tiny-pacs` or empty for the better one that this machine has.

    Raises:
        NotAllowed: The folder holds a vault.
        BadInput: The folder holds images of the other kind of image server, or `dicomweb` names none.
        ServerProblem: A program is missing or did not become ready.
    """
    folder = folder.absolute()
    if (folder / "vault.json").exists():
        raise NotAllowed("This folder holds a vault.", "Give the practice clinic a folder of its own.")
    present = record.running(folder)
    if present is not None:
        return present
    leftover = record.described(folder)
    if leftover is not None:
        end(leftover.processes)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    place = record.read_place(folder) or record.new_place()
    up: list[_Up] = []
    try:
        job.progress("Starting the record server")
        up.append(_bring_up(folder, sekmet(folder / "fhir", place), place.fhir_port, held, job))
        job.progress("Starting the image server")
        program, note = _image_program(folder / "images", place, dicomweb)
        up.append(_bring_up(folder, program, place.dicomweb_port, held, job))
        place = replace(place, fhir_port=up[0].port, dicomweb_port=up[1].port, dicomweb_kind=program.kind)
        record.keep_place(folder, place)
        clinic = _describe(folder, place, up, note)
        record.keep(clinic)
    except BaseException:
        end(tuple(process for one in up for process in one.processes))
        raise
    return clinic


def stop(folder: Path) -> bool:
    """End the clinic's servers; False where none was started in this folder."""
    clinic = record.described(folder.absolute())
    if clinic is None:
        return False
    ran = any(runs(process) for process in clinic.processes)
    end(clinic.processes)
    record.forget(folder.absolute())
    return ran


def _describe(folder: Path, place: Place, up: list[_Up], note: str) -> Clinic:
    fhir, images = up
    return Clinic(
        folder=str(folder),
        fhir_url=f"http://127.0.0.1:{fhir.port}{fhir.program.path}",
        dicomweb_url=f"http://127.0.0.1:{images.port}{images.program.path}",
        user=place.user,
        password=place.password,
        token=place.token,
        dicomweb_kind=images.program.kind,
        processes=(*fhir.processes, *images.processes),
        note=note,
    )


def _image_program(folder: Path, place: Place, wanted: str) -> tuple[Program, str]:
    if wanted not in ("", "orthanc", "tiny-pacs"):
        raise BadInput(f"There is no image server called {wanted}.", "Choose orthanc or tiny-pacs.")
    if wanted and place.dicomweb_kind not in ("", wanted):
        raise BadInput(
            f"The images of this clinic are kept by {place.dicomweb_kind}.",
            "Leave the choice open, or give the clinic a new folder.",
        )
    wanted = wanted or place.dicomweb_kind
    if wanted != "tiny-pacs":
        reason = why_no_orthanc()
        if not reason and fence.namespaces_work():
            return orthanc_in_namespace(folder, place), "Orthanc, in a network of its own."
        if not reason and fence.compiler():
            return orthanc_with_shim(folder, place), "Orthanc, its bind address preloaded."
        reason = reason or "it cannot be kept on loopback here: no network namespaces and no C compiler"
        if wanted == "orthanc":
            raise ServerProblem(f"Orthanc cannot be used: {reason}.", "Install it, or let tiny-pacs serve the images.")
    else:
        reason = "it was asked for"
    if importlib.util.find_spec("tiny_pacs_dicomweb") is None:
        raise ServerProblem(
            f"There is no image server: Orthanc cannot be used ({reason}) and tiny-pacs is not installed.",
            "Install Consilium with its practice extra: pip install 'consilium[practice]'.",
        )
    return tiny_pacs(folder, place), f"tiny-pacs, because {reason}."


def _bring_up(folder: Path, program: Program, port: int, held: bool, job: Job) -> _Up:
    """Start one program on the port it had before, or on a free one, and wait until it answers."""
    for attempt in range(_TRIES):
        chosen = port if port and attempt == 0 and _is_free(port) else _free_port()
        program.configure(chosen)
        leash = launch(
            program.command(chosen),
            program.folder,
            name=program.kind,
            held=held,
            relay=program.relay(chosen),
            environment=program.environment,
        )
        try:
            ready = _wait(program, chosen, leash, job)
        except BaseException:
            end(_with_server(program, leash))
            raise
        processes = _with_server(program, leash)
        if ready:
            _refuse_open_doors(program, processes)
            return _Up(program, chosen, processes)
        end(processes)
    raise ServerProblem(
        f"The practice server {program.kind} did not become ready.",
        f"Read {program.folder.name}/{program.kind}.log in the clinic's folder {folder}.",
    )


def _with_server(program: Program, leash: ServerProcess) -> tuple[ServerProcess, ...]:
    server = server_of(program.folder, program.kind)
    return (leash, server) if server is not None else (leash,)


def _wait(program: Program, port: int, leash: ServerProcess, job: Job) -> bool:
    """True when the server answers its own login, False when it ended or never did."""
    deadline = time.monotonic() + _READY_SECONDS
    url = f"http://127.0.0.1:{port}{program.probe}"
    with httpx2.Client(headers={"Authorization": program.authorization}, timeout=5, trust_env=False) as client:
        while time.monotonic() < deadline and runs(leash):
            try:
                if client.get(url).status_code in (200, 204):
                    return True
            except httpx2.TransportError:
                pass
            job.wait(0.05)
    return False


def _refuse_open_doors(program: Program, processes: tuple[ServerProcess, ...]) -> None:
    open_doors = fence.listeners_beyond_loopback(tuple(process.pid for process in processes))
    if open_doors:
        end(processes)
        raise ServerProblem(
            f"The practice server {program.kind} listened beyond this machine and was ended.",
            "Start the clinic with tiny-pacs, and tell us which system this is.",
        )


def _free_port() -> int:
    with socket.socket() as any_socket:
        any_socket.bind(("127.0.0.1", 0))
        return int(any_socket.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as any_socket:
        any_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            any_socket.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True

"""The server programs the clinic knows: where they are, their configuration, how to ask whether they are ready.

Configuration files hold the login of the clinic, so they are written with mode 0600.
"""

from __future__ import annotations

import base64
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from reviewer_app.practice import fence
from reviewer_app.practice.clinic import Place, write_private

_INNER_PORT = 8042
_PLUGIN_FOLDERS = (
    "/usr/share/orthanc/plugins",
    "/usr/lib/orthanc/plugins",
    "/usr/local/share/orthanc/plugins",
    "/usr/lib/x86_64-linux-gnu/orthanc",
    "/usr/lib/aarch64-linux-gnu/orthanc",
)


@dataclass(frozen=True, slots=True)
class Program:
    """How one server is started.

    Attributes:
        kind: `sekmet`, `orthanc` or `tiny-pacs`; also the name of its log file.
        path: What follows the port in its base URL.
        probe: Path that answers 200 or 204 to the clinic's login once it is ready.
        configure: Writes the configuration for a port on 127.0.0.1.
        command: Command line for a port.
        relay: `OUTER:INNER` for a port where it runs in a network of its own, else empty.
    """

    kind: str
    folder: Path
    path: str
    probe: str
    authorization: str
    configure: Callable[[int], None]
    command: Callable[[int], list[str]]
    relay: Callable[[int], str] = field(default=lambda _port: "")
    environment: dict[str, str] = field(default_factory=dict)


def sekmet(folder: Path, place: Place) -> Program:
    """The FHIR R4 server; records lie in `folder`/records, its web console and simulator are of no use here."""
    _private_folder(folder)

    def configure(port: int) -> None:
        settings = {
            "base_url": f"http://127.0.0.1:{port}/fhir",
            "host": "127.0.0.1",
            "port": port,
            "data_dir": str(folder / "records"),
            "log_inbound": False,  # it would keep a second copy of every request
            "simulator": {"enabled": False},
            "server_auth": {
                "types": ["basic", "bearer"],
                "users": {place.user: place.password},
                "tokens": [place.token],
            },
        }
        write_private(folder / "settings.yaml", json.dumps(settings, indent=1).encode())  # JSON is YAML

    return Program(
        kind="sekmet",
        folder=folder,
        path="/fhir",
        probe="/fhir/Patient?_summary=count",
        authorization=_basic(place),
        configure=configure,
        command=lambda _port: [
            sys.executable, "-m", "reviewer_app.practice.sekmet_server", str(folder / "settings.yaml"),
        ],
    )  # fmt: skip


def why_no_orthanc() -> str:
    """Why Orthanc with DICOMweb cannot be used on this machine, or an empty text."""
    if _orthanc_binary() is None:
        return "it is not installed"
    if _dicomweb_plugin() is None:
        return "its DICOMweb plug-in is not installed"
    return ""


def orthanc_in_namespace(folder: Path, place: Place) -> Program:
    """Orthanc in a network of its own, reached through the relay."""
    return _orthanc(folder, place, inner_port=_INNER_PORT)


def orthanc_with_shim(folder: Path, place: Place) -> Program:
    """Orthanc with bind(0.0.0.0) turned into bind(127.0.0.1).

    Raises:
        ServerProblem: The library cannot be compiled.
    """
    _private_folder(folder)
    return _orthanc(folder, place, environment={"LD_PRELOAD": str(fence.build_shim(folder))})


def _orthanc(folder: Path, place: Place, *, inner_port: int = 0, environment: dict[str, str] | None = None) -> Program:
    _private_folder(folder)

    def configure(port: int) -> None:
        settings = {
            "Name": "practice",
            "StorageDirectory": str(folder / "store"),
            "IndexDirectory": str(folder / "store"),
            "TemporaryDirectory": str(folder),
            "HttpPort": inner_port or port,
            "HttpBindAddresses": ["127.0.0.1"],
            "RemoteAccessAllowed": False,
            "DicomServerEnabled": False,
            "AuthenticationEnabled": True,
            "RegisteredUsers": {place.user: place.password},
            "HttpCompressionEnabled": False,
            "KeepAlive": True,
            "StableAge": 1,
            "OverwriteInstances": False,
            "HttpRequestTimeout": 60,
            "Plugins": [str(_dicomweb_plugin())],
            "DicomWeb": {
                "Enable": True, "Root": "/dicom-web/", "EnableWado": False, "Ssl": False,
                "StudiesMetadata": "Full", "SeriesMetadata": "Full",
            },
        }  # fmt: skip
        write_private(folder / "orthanc.json", json.dumps(settings, indent=1).encode())

    return Program(
        kind="orthanc",
        folder=folder,
        path="/dicom-web",
        probe="/dicom-web/studies?limit=1",
        authorization=_basic(place),
        configure=configure,
        command=lambda _port: [str(_orthanc_binary()), str(folder / "orthanc.json")],
        relay=(lambda port: f"{port}:{inner_port}") if inner_port else (lambda _port: ""),
        environment=environment or {},
    )


def tiny_pacs(folder: Path, place: Place) -> Program:
    """The pure-Python image server; it knows bearer tokens only, and its DICOM listener is kept on loopback."""
    _private_folder(folder)

    def configure(port: int) -> None:
        settings = {
            "ae": {"ae_title": ["PRACTICE"], "port": 0, "dump_ds": False},
            "log": {
                "version": 1,
                "disable_existing_loggers": False,
                "handlers": {"console": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr"}},
                "root": {"level": "WARNING", "handlers": ["console"]},
            },
            "components": {
                "Database": {"on": True, "driver": "sqlite", "db_name": str(folder / "index.sqlite"), "mode": "rwc"},
                "Devices": {"on": True},
                "PACS": {"on": True},
                "InMemoryStorage": {"on": False},
                "FileStorage": {"on": True, "storage_dir": str(folder / "store")},
                "HttpServer": {"on": True, "host": "127.0.0.1", "port": port},
                "DICOMWeb": {
                    "on": True, "prefix": "/dicom-web", "auth": "token", "tokens": [place.token],
                    "max_part_size": 1 << 28,
                },
            },
        }  # fmt: skip
        (folder / "store").mkdir(exist_ok=True)
        write_private(folder / "tiny-pacs.yaml", json.dumps(settings, indent=1).encode())

    return Program(
        kind="tiny-pacs",
        folder=folder,
        path="/dicom-web",
        probe="/dicom-web/studies?limit=1",
        authorization=f"Bearer {place.token}",
        configure=configure,
        command=lambda _port: [
            sys.executable, "-m", "reviewer_app.practice.tiny_pacs", str(folder / "tiny-pacs.yaml"),
        ],
    )  # fmt: skip


def _basic(place: Place) -> str:
    return "Basic " + base64.b64encode(f"{place.user}:{place.password}".encode()).decode()


def _private_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def _orthanc_binary() -> str | None:
    return next((found for name in ("Orthanc", "/usr/sbin/Orthanc") if (found := shutil.which(name))), None)


def _dicomweb_plugin() -> Path | None:
    for folder in _PLUGIN_FOLDERS:
        found = sorted(Path(folder).glob("libOrthancDicomWeb.so*"))
        if found:
            return found[0]
    return None

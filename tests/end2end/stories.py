"""The journey through the terminal: every step is a process of its own, as a script would run it.

Or, where a story is about what servers hold after many steps, a call in one process: starting takes half of a step.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import httpx2

from reviewer_app.cli.main import main

REPOSITORY = Path(__file__).resolve().parents[2]
PASSPHRASE = "correct horse battery staple"
ATTEMPTS = 5


@dataclass
class Terminal:
    """A terminal with one profile folder and one clinic."""

    home: Path
    clinic: Path
    environment: dict[str, str] = field(default_factory=dict)

    def environ(self) -> dict[str, str]:
        return {
            **os.environ,
            "CONSILIUM_HOME": str(self.home),
            "CONSILIUM_PASSPHRASE": PASSPHRASE,
            "CONSILIUM_KDF": "test",
            **self.environment,
        }

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "reviewer_app", *words]
        return subprocess.Popen(
            command, cwd=REPOSITORY, env=self.environ(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(self, *words: str, code: int | None = 0, seconds: float = 110) -> Any:
        """Run a command with --json; its answer as JSON."""
        process = self.start(*words, "--json")
        out, err = process.communicate(timeout=seconds)
        assert code is None or process.returncode == code, (
            f"{words}: exit {process.returncode}\n{out[-2000:]}\n{err[-2000:]}"
        )
        return json.loads(out)

    def clinic_run(self, act: str, *words: str) -> Any:
        return self.run("clinic", act, *words, "--clinic", str(self.clinic))

    def create_vault(self) -> str:
        return str(self.run("vault", "create")["recovery_key"])

    def enrol(self, facts: dict[str, Any]) -> None:
        words = [
            "enrol",
            facts["fhir_url"],
            facts["dicomweb_url"],
            "--user",
            facts["user"],
            f"--password={facts['password']}",  # it may begin with a dash
        ]
        if facts["dicomweb_kind"] == "tiny-pacs":
            words += [f"--dicomweb-token={facts['token']}"]
        self.run(*words)

    def sign(self, case: str) -> Any:
        """Preview a letter and sign exactly that."""
        read = self.home.parent / "read.pdf"
        digest = self.run("preview", case, str(read))["sha256"]
        read.unlink()
        return self.run("sign", case, "--sha256", digest)

    def profile(self) -> None:
        self.run(
            "profile", "--name", "Dr. Sofia Marchetti", "--specialty", "Medical oncology", "--licence", "L-4711",
            "--organisation", "Second Opinion Programme", "--licence-ends", "2099-12-31",
        )  # fmt: skip


class OneProcess(Terminal):
    """A terminal whose commands run one after the other in this process."""

    def run(self, *words: str, code: int | None = 0, seconds: float = 110) -> Any:
        """Run a command with --json; its answer as JSON."""
        out, err = io.StringIO(), io.StringIO()
        with mock.patch.dict(os.environ, self.environ()), redirect_stdout(out), redirect_stderr(err):
            status = main([*words, "--json"])
        assert code is None or status == code, (
            f"{words}: exit {status}\n{out.getvalue()[-2000:]}\n{err.getvalue()[-2000:]}"
        )
        return json.loads(out.getvalue())


def server_get(facts: dict[str, Any], path: str) -> dict[str, Any]:
    """What the FHIR server holds, read without the product's own client."""
    answer = httpx2.get(f"{facts['fhir_url']}/{path}", auth=(facts["user"], facts["password"]), timeout=30)
    answer.raise_for_status()
    return dict(answer.json())


def resources(facts: dict[str, Any], path: str) -> list[dict[str, Any]]:
    """Resources of a search."""
    entries = server_get(facts, path).get("entry", [])
    return [entry["resource"] for entry in entries if entry.get("search", {}).get("mode", "match") == "match"]


def write_opinion(terminal: Terminal, case: str) -> None:
    """Read, write and cite what a complete opinion on a case needs."""
    shown = terminal.run("case", "show", case)
    records = terminal.run("records", case)
    documents = [record for record in records if record["class"] in ("document", "report")]
    for record in documents:
        if not terminal.run("read", case, record["id"])["reviewed"]:  # a scan: looked at elsewhere
            terminal.run("read", case, record["id"], "--reviewed")
    series = [s for study in shown["studies"] for s in study["series"] if s["held"]]
    for one in series:
        terminal.run("read", case, one["uid"], "--reviewed")
    fields = {
        "section.key-message": "The diagnosis holds; the plan can be lighter.",
        "section.why-asked": "Treatment is undecided.",
        "section.history": "As in the records cited below.",
        "section.diagnosis": "The diagnosis of the treating team is confirmed by records and images.",
        "section.recommendation": "Go on with the modified plan.",
        "section.prognosis": "Good with either plan.",
        "section.limitations": "No examination was possible.",
        "outcome.diagnosis": "same",
        "outcome.treatment": "modified",
        "first.diagnosis": "As referred",
        "first.plan": "As referred",
        "first.author": "Referring consultant",
        "first.date": "2026-11-10",
        "change.1.before": "Full treatment",
        "change.1.after": "Lighter treatment",
        "change.1.why": "Little is gained by more",
        "step.1.what": "Discuss with the patient",
        "step.1.who": "Treating doctor",
        "step.1.when": "within two weeks",
        "differential.1.diagnosis": "The diagnosis as referred",
        "differential.1.evidence-for": "Images",
        "differential.1.evidence-against": "None",
        "differential.2.diagnosis": "An inflammatory cause",
        "differential.2.evidence-for": "Slow course",
        "differential.2.evidence-against": "Pathology",
        "incomplete-studies-reason": "What is here suffices for the questions.",
    }
    for question in shown["case"]["questions"]:
        fields[f"answer.{question['id']}"] = f"On question {question['number']}: yes, with the reasons given above."
    terminal.run("opinion", "set", case, *(f"{name}={text}" for name, text in fields.items()))
    held = [one for one in documents if one["attachments"] and all(file["held"] for file in one["attachments"])]
    document = held[0]["id"]
    result = next(
        point for trend in terminal.run("labs", case) for point in trend["points"] if point["value"] is not None
    )
    terminal.run("opinion", "cite", case, "section:diagnosis", "--record", document, "--page", "1")
    for question in shown["case"]["questions"]:
        where = f"answer:{question['id']}"
        component = ["--component", result["component"]] if result["component"] else []
        terminal.run("opinion", "cite", case, where, "--result", result["record"], *component)
    image = terminal.run("images", case)[0]
    terminal.run("opinion", "cite", case, "section:diagnosis", "--image", image["instance"])
    advice = terminal.run("opinion", "lint", case, code=None)["findings"]
    rules = {finding["rule"] for finding in advice if finding["severity"] == "warn"}
    if rules:
        terminal.run("opinion", "acknowledge", case, *sorted(rules))


def private_words(facts: dict[str, Any], patient_ref: str) -> list[bytes]:
    """Names and identifiers of a patient, as they must not be found outside the vault."""
    patient = server_get(facts, patient_ref)
    words = [name.get("family", "") for name in patient.get("name", [])]
    words += [given for name in patient.get("name", []) for given in name.get("given", [])]
    words += [identifier.get("value", "") for identifier in patient.get("identifier", [])]
    return [word.encode() for word in words if len(word) > ATTEMPTS]

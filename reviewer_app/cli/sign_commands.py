"""Commands that sign, take back, export and verify."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from reviewer_app.cli.describing import command, on_case
from reviewer_app.cli.files import read_file, write_file
from reviewer_app.cli.profile_folder import first_line, unlocked
from reviewer_app.cli.replies import Exit, Reply, printable, table
from reviewer_app.errors import BadInput, NotAllowed
from reviewer_app.jobs import Job
from reviewer_app.services import worklist

if TYPE_CHECKING:  # signing libraries are loaded by the commands that sign
    from reviewer_app.services.session import Session
    from reviewer_app.services.signing import Preview

_NARROW = 64
"""Pixels of width of pages of which only the words are wanted."""
_OFFERED = ("Token", "Key", "Name", "Certificate")

_VERIFY = """\
No vault is needed; --vault and --case FOLDER compare what the letter cites with what is held now.

Exit status: 0 the letter can be relied on; 7 it is not what was signed, a signer is not trusted, a required signature
is missing, something cited was changed, or an item given alone is not of this letter; 1 or 2 a file cannot be read.

--json answers with
  ok         whether the letter can be relied on
  intact     whether nothing was changed since it was signed
  trusted    whether every signer leads to a certificate given by --trust
  signers    field, name, issuer, claimed (time by the signer's own clock), stamped (time an authority vouches for, or
             null), intact, trusted, checked (whether issuers say it was not revoked), revision and revisions (it covers
             this revision and all before)
  revisions  number, signed (fields), changes (sentences): what was appended after the specialist signed
  evidence   number of items in the evidence manifest, or null where it does not check out
  items      id, ref, name, state (same, re-encoded, changed, missing) of each, where they were compared; of a cited
             trend also values (ref, when, value, state of each that is printed; the state of the item is the worst of
             them), later (results that were not there for the letter), revised (values held in another version)
  disclosed  id of each item given by --item that this letter cites; another one is a problem
  problems   everything that keeps the letter from being accepted, one sentence each
"""


def add_to(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Describe the commands of this family."""
    _add_identity(commands, shared)
    _add_letter(commands, shared)
    _add_checks(commands, shared)


def _add_identity(commands: Any, shared: argparse.ArgumentParser) -> None:
    identity = command(commands, "identity", "the key that signs")
    acts = identity.add_subparsers(dest="act", required=True, metavar="ACT")
    command(acts, "show", "whose it is", shared).set_defaults(run=_identity)
    bring = command(acts, "import", "keep a PKCS#12 file in the vault", shared)
    bring.add_argument("file", metavar="FILE", help="the PKCS#12 file (.p12, .pfx)")
    bring.add_argument(
        "--password", metavar="TEXT", default=None, help="of the file; other users see it among the processes"
    )
    bring.add_argument(
        "--password-file", metavar="FILE", help="file whose first line is the password; without both it is asked for"
    )
    bring.set_defaults(run=_import)
    card = command(acts, "token", "sign with a card or another PKCS#11 token", shared)
    card.add_argument("driver", metavar="LIBRARY", help="path of the token's PKCS#11 library")
    card.add_argument(
        "label", metavar="LABEL", nargs="?", default="", help="of the token; without it those put in are listed"
    )
    card.add_argument(
        "--key", metavar="ID", default="", help="of the certificate, as listed; default: the first that can sign"
    )
    card.set_defaults(run=_token)
    command(acts, "practice", "make one for practice", shared).set_defaults(run=_practice)
    public = command(acts, "certificate", "write the certificate that others trust", shared)
    public.add_argument("file", metavar="FILE", help="to write, as PEM")
    public.set_defaults(run=_certificate)


def _add_letter(commands: Any, shared: argparse.ArgumentParser) -> None:
    sign = on_case(commands, "sign", "sign the opinion; the next sync delivers it", shared)
    sign.add_argument(
        "--sha256",
        metavar="DIGEST",
        default="",
        help="of the preview that you read: exactly these bytes are signed, or nothing. Without it, at a terminal, the "
        "letter is made, shown in words, and signed once you agree",
    )
    sign.set_defaults(run=_sign)
    on_case(commands, "recall", "take a signed opinion back before delivery", shared).set_defaults(run=_recall)
    preview = on_case(commands, "preview", "write the letter as it would be signed", shared)
    preview.add_argument("file", metavar="FILE", help="PDF to write")
    preview.set_defaults(run=_preview)
    export = on_case(commands, "export", "write the signed letter and its evidence into a folder", shared)
    export.add_argument("folder", metavar="FOLDER", help="to write into; made if it is not there")
    export.set_defaults(run=_export)


def _add_checks(commands: Any, shared: argparse.ArgumentParser) -> None:
    release = command(commands, "countersign", "release a signed letter as medical director", shared)
    release.add_argument("file", metavar="FILE", help="the letter as its specialist signed it")
    release.add_argument("to", metavar="TO", help="file to write")
    release.add_argument(
        "--trust", action="append", default=[], metavar="CERT", help="the specialist's certificate must lead to it"
    )
    release.set_defaults(run=_countersign)
    disclose = command(commands, "disclose", "one cited item of a letter, with its proof", shared)
    disclose.add_argument("file", metavar="FILE", help="the signed letter")
    disclose.add_argument("item", metavar="ITEM", help="E1, E2... as cited")
    disclose.add_argument("to", metavar="TO", help="file to write")
    disclose.set_defaults(run=_disclose)
    verify = command(
        commands,
        "verify",
        "who signed a PDF, and is it intact?",
        shared,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=_VERIFY,
    )
    verify.add_argument("file", metavar="FILE", help="the letter")
    verify.add_argument(
        "--trust", action="append", default=[], metavar="CERT", help="certificate to trust (PEM or DER)"
    )
    verify.add_argument("--revoked", action="append", default=[], metavar="CRL", help="list of revoked certificates")
    verify.add_argument("--require", action="append", default=[], metavar="FIELD", help="must be signed: Director")
    verify.add_argument("--vault", action="store_true", help="compare the cited items with the unlocked vault")
    verify.add_argument("--case", metavar="FOLDER", default=None, help="compare the cited items with files as sent")
    verify.add_argument("--item", action="append", default=[], metavar="FILE", help="disclosed alone: cited here?")
    verify.set_defaults(run=_verify)


def _identity(options: argparse.Namespace) -> Reply:
    from reviewer_app.services import identity

    with unlocked(options) as session:
        name = identity.current(session)
    return Reply({"signer": name}, (f"Signs as {name}." if name else "There is no signing identity yet.",))


def _import(options: argparse.Namespace) -> Reply:
    from reviewer_app.services import identity

    password = options.password
    if options.password_file:
        password = first_line(options.password_file, "password")
    if password is None:
        import getpass

        if not sys.stdin.isatty():
            raise BadInput("The password of the file was not given.", "Give --password-file.")

        password = getpass.getpass("Password of the file: ")
    with unlocked(options) as session:
        name = identity.import_pkcs12(session, read_file(options.file), password)
    return Reply({"signer": name}, (f"Letters are signed as {name} from now on.",))


def _pin() -> str:
    """The PIN of the token: from the environment variable CONSILIUM_PIN, or typed."""
    import getpass
    import os

    return os.environ.get("CONSILIUM_PIN") or getpass.getpass("PIN of the token: ")


def _token(options: argparse.Namespace) -> Reply:
    from reviewer_app.domain.profile import TokenChoice
    from reviewer_app.services import identity

    if not options.label:
        found = identity.on_tokens(options.driver)
        return Reply(found, table(_OFFERED, [(one.label, one.key, one.name, one.words) for one in found]))
    chosen = TokenChoice(options.driver, options.label, options.key)
    with unlocked(options) as session:
        name = identity.use_token(session, chosen, _pin())
    return Reply({"signer": name}, (f"Letters are signed as {name} from now on; each asks for the PIN.",))


def _practice(options: argparse.Namespace) -> Reply:
    from reviewer_app.services import identity

    with unlocked(options) as session:
        name = identity.make_practice(session)
    return Reply({"signer": name}, (f"Letters are signed as {name} from now on.",))


def _certificate(options: argparse.Namespace) -> Reply:
    from reviewer_app.services import identity

    with unlocked(options) as session:
        content = identity.certificate(session)
    write_file(options.file, content)
    return Reply({"file": options.file}, (f"Written to {options.file}.",))


def _sign(options: argparse.Namespace) -> Reply:
    from reviewer_app.services import identity, signing

    if not options.sha256 and (options.json or not sys.stdin.isatty()):
        raise BadInput(
            "Nothing is signed unread: the digest of the letter that you read was not given.",
            f"Use: consilium preview {options.case} FILE, then sign with --sha256.",
        )
    with unlocked(options) as session:
        case = worklist.find(session, options.case)
        if options.sha256:
            shown = signing.previewed(session, case.id, options.sha256)
        else:
            shown = signing.preview(session, case.id)
            _require_agreed(session, shown)
        pin = _pin() if identity.asks_pin(session) else ""
        signed = signing.sign(session, case.id, shown, pin)
    lines = (
        f"Signed by {signed.signer}.",
        f"SHA-256 {signed.sha256}",
        "The next sync delivers it; until then it can be recalled.",
    )
    return Reply(signed, lines)


def _require_agreed(session: Session, shown: Preview) -> None:
    """Show the letter in words and ask; NotAllowed unless the answer is yes."""
    count = session.workers.pdf_info(shown.pdf)
    for index in range(count):
        words = session.workers.pdf_page(shown.pdf, index, _NARROW).text
        sys.stdout.write(f"--- page {index + 1} of {count} ---\n{printable(words)}\n")
    sys.stdout.write(f"\nPictures and charts are shown by “consilium preview” only.\nSHA-256 {shown.sha256}\n")
    sys.stdout.flush()
    if input("Sign exactly this letter? (yes/no) ").strip().lower() != "yes":
        raise NotAllowed("Nothing was signed.", "Answer yes to sign, or sign a preview by its --sha256.")


def _recall(options: argparse.Namespace) -> Reply:
    from reviewer_app.services import signing

    with unlocked(options) as session:
        case = worklist.find(session, options.case)
        signing.recall(session, case.id)
    return Reply({"case": case.id}, ("The signed letter is taken back; the draft can be written again.",))


def _preview(options: argparse.Namespace) -> Reply:
    from reviewer_app.services import signing

    with unlocked(options) as session:
        case = worklist.find(session, options.case)
        shown = signing.preview(session, case.id)
    write_file(options.file, shown.pdf)
    return Reply(
        {"file": options.file, "sha256": shown.sha256},
        (
            f"Written to {options.file} (not signed, not encrypted).",
            f"Once you have read it: consilium sign {options.case} --sha256 {shown.sha256}",
        ),
    )


def _export(options: argparse.Namespace) -> Reply:
    from reviewer_app.services import export

    with unlocked(options) as session:
        case = worklist.find(session, options.case)
        files = export.save(session, case.id, Path(options.folder), Job())
    lines = [f"{file.name}" for file in files]
    return Reply({"files": [str(file) for file in files]}, (f"Written to {options.folder}, not encrypted:", *lines))


def _countersign(options: argparse.Namespace) -> Reply:
    from reviewer_app.services import countersigning, identity

    letter, trust = read_file(options.file), [read_file(path) for path in options.trust]
    with unlocked(options) as session:
        pin = _pin() if identity.asks_pin(session) else ""
        released = countersigning.countersign(session, letter, trust, pin)
        name = identity.current(session)
    write_file(options.to, released)
    return Reply({"file": options.to, "director": name}, (f"Released by {name}: {options.to}.",))


def _disclose(options: argparse.Namespace) -> Reply:
    from reviewer_app.services import verification

    write_file(options.to, verification.disclose(read_file(options.file), options.item))
    return Reply({"file": options.to, "item": options.item}, (f"{options.item} written to {options.to}.",))


def _verify(options: argparse.Namespace) -> Reply:
    from reviewer_app.services import verification
    from reviewer_app.worker import WorkerPool

    pdf = read_file(options.file)
    lists = [read_file(path) for path in options.revoked]
    verdict = verification.verify(pdf, [read_file(path) for path in options.trust], lists, options.require)
    if options.vault:
        with unlocked(options) as session:
            verdict = verification.verify_in_vault(session, pdf, verdict)
    else:
        workers = WorkerPool(1)
        try:
            folder = verification.FolderHoldings(Path(options.case), workers) if options.case else None
            verdict = verification.verify_items(pdf, verdict, workers, folder)
        finally:
            workers.close()
    alone = {Path(path).name: read_file(path) for path in options.item}
    verdict, cited = verification.verify_disclosed(pdf, verdict, alone)
    facts = {"ok": verdict.ok, **msgspec.to_builtins(verdict, enc_hook=str), "disclosed": [item.id for item in cited]}
    lines = (*verdict.lines, *(f"{item.id} “{item.name or item.ref}” is cited by this letter." for item in cited))
    return Reply(facts, lines, Exit.DONE if verdict.ok else Exit.NOT_VALID)

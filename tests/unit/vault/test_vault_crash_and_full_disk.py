"""Power loss and a full disk, with processes that really die and files that really do not grow."""

from __future__ import annotations

import random
import subprocess
import sys
import textwrap
import time

import pytest

from reviewer_app.domain.ids import InstanceUid
from reviewer_app.vault import Vault

PRELUDE = """
    import resource, sys
    from dataclasses import replace
    from pathlib import Path
    from reviewer_app.domain.opinion import Section
    from reviewer_app.errors import DiskFull
    from reviewer_app.vault import Vault
    import importlib.util
    spec = importlib.util.spec_from_file_location("builders", {builders!r})
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    vault = Vault.open(Path({home!r}), make.PASSPHRASE)
"""


def program(home, body: str) -> list[str]:
    builders = __file__.replace("test_vault_crash_and_full_disk.py", "conftest.py")
    return [
        sys.executable,
        "-c",
        textwrap.dedent(PRELUDE).format(home=str(home), builders=builders) + textwrap.dedent(body),
    ]


BATCHES = """
    print("ready", flush=True)
    for batch in range(10_000):
        numbers = range(batch * 5 + 1, batch * 5 + 6)
        vault.images.put_many(make.CASE, [make.an_instance(n, n.to_bytes(4) * 30_000) for n in numbers])
        print(batch, flush=True)
"""


@pytest.mark.parametrize("turn", range(3))
def test_a_kill_while_images_arrive_leaves_whole_batches_and_nothing_half(vault, home, make, turn):
    vault.close()
    child = subprocess.Popen(program(home, BATCHES), stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "ready\n"
    for _ in range(turn + 1):
        child.stdout.readline()
    time.sleep(random.Random(turn).uniform(0, 0.02))
    child.kill()
    said = child.stdout.read().split()
    child.stdout.close()
    child.wait()
    again = Vault.open(home, make.PASSPHRASE)
    held = again.images.held(make.CASE)
    batches = {(int(uid.rpartition(".")[2]) - 1) // 5 for uid in held}
    assert len(held) == 5 * len(batches) >= 5 * (turn + 1 + len(said))
    for uid in held:
        number = int(uid.rpartition(".")[2])
        assert again.images.file(make.CASE, InstanceUid(uid)) == make.instance(number, number.to_bytes(4) * 30_000)[1]
    again.images.put_many(make.CASE, [make.instance(999_999)])
    assert again.images.file(make.CASE, make.instance(999_999)[0].uid) == make.instance(999_999)[1]
    again.close()


DRAFTS = """
    print("ready", flush=True)
    opinion = make.an_opinion("", 0)
    for count in range(1, 100_000):
        opinion = vault.opinions.save(opinion.with_text(Section.DIAGNOSIS, "word " * count), opinion.revision)
        print(count, flush=True)
"""


def test_a_kill_while_writing_loses_no_word_that_was_saved(vault, home, make):
    vault.close()
    child = subprocess.Popen(program(home, DRAFTS), stdout=subprocess.PIPE, text=True)
    for _ in range(200):
        last = child.stdout.readline()
    child.kill()
    said = [last, *child.stdout.read().splitlines(keepends=True)]
    child.stdout.close()
    child.wait()
    saved = max(int(line) for line in said if line.endswith("\n"))
    again = Vault.open(home, make.PASSPHRASE)
    draft = again.opinions.latest(make.CASE)
    assert draft.revision >= saved
    assert dict(draft.texts).popitem()[1].count("word") >= saved
    again.close()


FULL = """
    vault.images.put_many(make.CASE, [make.an_instance(n) for n in (1, 2)])
    vault.records.put(make.CASE, make.a_record(files=1), b"{}")
    opinion = vault.opinions.save(make.an_opinion("before"), 0)
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))
    refused = []

    def attempt(name, work):
        try:
            work()
        except DiskFull as error:
            assert error.advice
            refused.append(name)

    big = b"x" * 2_000_000
    attempt("images", lambda: vault.images.put_many(make.CASE, [make.an_instance(3), make.an_instance(4, big)]))
    attempt("document", lambda: vault.records.hold(make.CASE, make.a_record().id, 0, big))
    attempt("record", lambda: vault.records.put(make.CASE, make.a_record("DocumentReference/d2"), big))
    attempt("draft", lambda: vault.opinions.save(opinion.with_text(Section.DIAGNOSIS, "x" * 2_000_000), 1))
    attempt("signed", lambda: vault.opinions.sign(opinion.id, make.CASE, 1, make.AT, "Dr", big))
    with_room = vault.opinions.latest(make.CASE).text(Section.DIAGNOSIS)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    vault.images.put_many(make.CASE, [make.an_instance(5)])
    print(",".join(refused), with_room)
    vault.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
def test_a_full_disk_is_said_so_and_nothing_that_was_there_is_lost(vault, home, make):
    vault.close()
    done = subprocess.run(program(home, FULL), capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout == "images,document,record,draft,signed before\n"
    again = Vault.open(home, make.PASSPHRASE)
    assert again.images.held(make.CASE) == {make.instance(number)[0].uid for number in (1, 2, 5)}
    for number in (1, 2, 5):
        assert again.images.file(make.CASE, make.instance(number)[0].uid) == make.instance(number)[1]
    assert [record.id for record in again.records.all(make.CASE)] == ["DocumentReference/d1"]
    assert len(again.records.unheld(make.CASE)) == 1
    assert again.opinions.latest(make.CASE).texts == make.opinion("before").texts
    assert again.opinions.signed(make.CASE) is None
    assert not list(home.rglob("*.new"))
    again.close()

"""The jailed readers: what they may not do, what happens when they die, and what they give back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from reviewer_app.dicom.decode import decode_frame
from reviewer_app.dicom.index import index_file
from reviewer_app.errors import Unreadable
from reviewer_app.settings import decoders
from reviewer_app.worker import WorkerPool, arena, pool
from reviewer_app.worker.messages import Kind, Request
from reviewer_app.worker.pixel_tasks import decode_tasks
from tests.pictured import frame_of

ROOT = Path(__file__).resolve().parents[3]
LOCKED = "import sys; sys.path.insert(0, {root!r}); from reviewer_app.worker import jail; jail.lock(1 << 30)\n"
FORBIDDEN = {
    "read a file": "open('/etc/hostname').read()",
    "write a file": "open('/tmp/escaped', 'w')",
    "open a connection": "import _socket; _socket.socket()",
    "start a program": "import posix; posix.execv('/bin/true', ['true'])",
    "start a process": "import posix; posix.fork()",
    "take more memory": "bytearray(4 << 30)",
    "list a folder": "import posix; posix.listdir('/')",
    "signal another process": "import posix; posix.kill(1, 0)",
}


@pytest.fixture
def workers():
    made = WorkerPool(2)
    yield made
    made.close()


@pytest.fixture(scope="session")
def compressed(shared: Path) -> Path:
    return shared / "data" / "dicom" / "transfer_syntaxes" / "ct_1.2.840.10008.1.2.4.70_JPEGProcess14SV1.dcm"


@pytest.mark.skipif(sys.platform != "linux", reason="system calls are filtered on Linux")
@pytest.mark.parametrize("what", FORBIDDEN)
def test_a_locked_process_cannot(what: str):
    code = LOCKED.format(root=str(ROOT)) + (
        f"try:\n    {FORBIDDEN[what]}\nexcept (PermissionError, MemoryError, OSError):\n    sys.exit(7)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, timeout=30)
    assert done.returncode == 7, done.stderr.decode()


def test_a_worker_says_of_a_file_what_this_process_would_say(workers: WorkerPool, compressed: Path):
    data = compressed.read_bytes()
    assert workers.index(data) == index_file(data)


def test_a_worker_decodes_into_the_array_it_is_given(workers: WorkerPool, compressed: Path):
    instance = workers.index(compressed.read_bytes())
    info = instance.frames[0]
    start = instance.value_offset + info.offset
    room = np.empty((512, 512), np.int16)
    found = workers.decode(instance.pixels, compressed.read_bytes()[start : start + info.length], out=room)
    assert found.pixels is room
    assert np.array_equal(room, frame_of(compressed).pixels)


@pytest.mark.parametrize(
    ("name", "in_place"),
    [
        ("ct_1.2.840.10008.1.2.4.70_JPEGProcess14SV1", True),
        ("ct_1.2.840.10008.1.2.4.80_JPEGLSLossless", True),
        ("ct_1.2.840.10008.1.2.5_RLELossless", True),
        ("MR_small_jp2klossless", True),
        ("JPGExtended", True),
        ("JLSL_RGB_ILV1", False),
    ],
)
def test_codecs_write_where_the_program_reads_and_what_they_give_alone(shared: Path, name: str, in_place: bool):
    file = shared / "data" / "dicom" / "transfer_syntaxes" / f"{name}.dcm"
    instance = index_file(file.read_bytes())
    start = instance.value_offset + instance.frames[0].offset
    data = file.read_bytes()[start : start + instance.frames[0].length]
    memory = memoryview(bytearray(8 << 20))
    memory[: len(data)] = data
    asked = Request("decode", len(data), 30.0, instance.pixels)
    answer, output = decode_tasks(memory)["decode"](asked, memory[: len(data)].toreadonly())
    alone, _, warnings = decode_frame(instance.pixels, memoryview(data))
    assert (answer.size > 0, len(output) == 0) == (in_place, in_place)
    first = arena.output_offset(len(data))
    given = memory[first : first + answer.size] if in_place else output.cast("B")
    assert (bytes(given), answer.dtype, answer.warnings) == (alone.tobytes(), alone.dtype.str, warnings)
    assert bytes(memory[: len(data)]) == data


def test_without_shared_memory_bytes_travel_through_the_pipe(monkeypatch, compressed: Path):
    monkeypatch.setattr(arena, "shared", False)
    workers = WorkerPool(1)
    try:
        instance = workers.index(compressed.read_bytes())
        info = instance.frames[0]
        start = instance.value_offset + info.offset
        found = workers.decode(instance.pixels, compressed.read_bytes()[start : start + info.length])
        assert np.array_equal(found.pixels, frame_of(compressed).pixels)
    finally:
        workers.close()


def test_a_refusal_names_its_reason_and_the_worker_lives_on(workers: WorkerPool, shared: Path, compressed: Path):
    with pytest.raises(Unreadable, match="inflates to far more"):
        workers.index((shared / "data" / "hostile" / "dicom" / "deflate_bomb.dcm").read_bytes())
    (alive,) = workers._idle[Kind.INDEX]
    workers.index(compressed.read_bytes())
    assert workers._idle[Kind.INDEX] == [alive]


def test_a_worker_that_died_is_one_unreadable_file_and_is_replaced(workers: WorkerPool, compressed: Path):
    workers.index(compressed.read_bytes())
    os.kill(workers._idle[Kind.INDEX][0].pid, signal.SIGKILL)
    with pytest.raises(Unreadable, match="reader stopped"):
        workers.index(compressed.read_bytes())
    assert workers.index(compressed.read_bytes()).modality == "CT"


@pytest.mark.parametrize(("processors", "wanted"), [(None, 3), (1, 3), (2, 3), (4, 3), (8, 5), (64, 5)])
def test_half_the_processors_decode_two_to_four_and_one_more_is_handed_its_frame_meanwhile(processors, wanted):
    assert decoders(processors) == wanted


def test_a_decode_process_can_be_started_ahead_of_the_first_frame(workers: WorkerPool, compressed: Path):
    workers.start()
    workers.start()
    (ahead,) = workers._idle[Kind.DECODE]
    instance = index_file(compressed.read_bytes())
    start = instance.value_offset + instance.frames[0].offset
    workers.decode(instance.pixels, compressed.read_bytes()[start : start + instance.frames[0].length])
    assert workers._idle[Kind.DECODE] == [ahead]


def test_a_file_that_takes_too_long_is_given_up_and_others_go_on(workers: WorkerPool, shared: Path, monkeypatch):
    monkeypatch.setitem(pool._SECONDS, Kind.PAGES, 0.5)
    folder = shared / "data" / "hostile" / "pdf"
    with pytest.raises(Unreadable, match="took too long"):
        workers.pdf_page((folder / "flate_bomb.pdf").read_bytes(), 0, 3000)
    monkeypatch.setitem(pool._SECONDS, Kind.PAGES, 20.0)
    assert workers.pdf_info((folder / "control_ok.pdf").read_bytes()) == 1


def test_closing_ends_every_process_even_one_at_work(shared: Path):
    workers = WorkerPool(1)
    bomb = (shared / "data" / "hostile" / "pdf" / "flate_bomb.pdf").read_bytes()
    failures: list[Unreadable] = []

    def read() -> None:
        try:
            workers.pdf_page(bomb, 0, 3000)
        except Unreadable as error:
            failures.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    while not workers._busy:
        thread.join(0.01)
    workers.close()
    thread.join(10)
    assert not thread.is_alive()
    assert failures
    with pytest.raises(Unreadable, match="locked"):
        workers.pdf_info(bomb)


def test_a_worker_that_lies_about_where_bytes_lie_is_not_believed(compressed: Path):
    from dataclasses import replace

    from reviewer_app.worker.pipes import Ended

    instance = replace(index_file(compressed.read_bytes()), value_length=1 << 40)
    with pytest.raises(Ended):
        pool._checked(instance, compressed.stat().st_size)


def test_many_threads_share_the_workers(workers: WorkerPool, compressed: Path):
    data = compressed.read_bytes()
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(workers.index(data).uid)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 12
    assert len(set(found)) == 1
    assert len(workers._idle[Kind.INDEX]) <= 2


def test_opening_images_loads_no_codec_and_no_reader():
    heavy = ("pydicom", "imagecodecs", "pypdfium2", "PIL", "lxml", "rle")
    code = (
        "import sys; import reviewer_app.services.images, reviewer_app.services.documents; "
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_workers_end_with_the_program_even_when_it_is_killed(shared: Path):
    file = shared / "data" / "hostile" / "dicom" / "control_ok.dcm"
    code = (
        "import os, pathlib; from reviewer_app.worker import WorkerPool\n"
        "from reviewer_app.worker.messages import Kind\n"
        f"pool = WorkerPool(1); pool.index(pathlib.Path({str(file)!r}).read_bytes())\n"
        "print(pool._idle[Kind.INDEX][0].pid, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    worker = int(done.stdout)
    deadline = time.monotonic() + 20
    while _alive(worker) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _alive(worker)


def _alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    try:
        return state.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False

from __future__ import annotations

import os
import pickle
import shutil
import socket
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from preuve.core.cases import Cases
from preuve.core.errors import PreuveError
from preuve.core.usecase import UseCase
from preuve.registry import Limits, System
from preuve.registry.command import CommandError

GOOD = """\
import csv, sys
import numpy as np

folder = sys.argv[-1]
with open(folder + "/cases.csv") as stream:
    cases = [row["case"] for row in csv.DictReader(stream)]
inputs = np.load(folder + "/inputs.npz")
scores = 1 / (1 + np.exp(-inputs["signal"].astype(float).mean(axis=2)))
assert inputs["age"].dtype == np.int64 and len(inputs["age"]) == len(cases)
with open(folder + "/scores.csv", "w", newline="") as stream:
    writer = csv.writer(stream)
    writer.writerow(["case", "AFIB", "LBBB", "RBBB"])
    for case, row in reversed(list(zip(cases, scores))):
        writer.writerow([case, *row])
print("read", len(cases), "cases")
"""


@pytest.fixture(scope="module", autouse=True)
def _bubblewrap() -> None:
    if shutil.which("bwrap"):
        return
    reason = "bubblewrap is not installed (apt-get install bubblewrap)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "system"
    path.mkdir()
    return path


def program(folder: Path, code: str, **limits: float) -> System:
    (folder / "model.py").write_text(textwrap.dedent(code))
    allowed = Limits.model_validate({"seconds": 20, **limits})
    return System.command(["python", "model.py"], name="p", folder=folder, limits=allowed)


def failure(system: System, cases: Cases, usecase: UseCase, *hidden: Path) -> CommandError:
    with pytest.raises(CommandError) as caught:
        system.predict(cases, usecase, hidden=hidden)
    return caught.value


def test_a_good_command_gives_its_scores(folder: Path, usecase: UseCase, cases: Cases) -> None:
    scores = program(folder, GOOD).predict(cases, usecase)
    mean = cases.inputs["signal"](slice(None)).astype(float).mean(axis=2)
    np.testing.assert_allclose(scores.values, 1 / (1 + np.exp(-mean)), rtol=1e-12)
    assert scores.log == "read 25 cases\n"


def test_it_is_declared_in_a_file(folder: Path, usecase: UseCase, cases: Cases) -> None:
    (folder / "model.py").write_text(GOOD)
    (folder / "system.yaml").write_text(
        "schema: 1\ncommand: [python, model.py]\ncard: {name: declared}\nlimits: {seconds: 30}\n"
    )
    system = pickle.loads(pickle.dumps(System.load(folder)))
    assert (system.name, system.door) == ("declared", "command")
    assert not np.isnan(system.predict(cases, usecase).values).any()


def test_the_digest_covers_the_words_and_the_files(folder: Path) -> None:
    first = program(folder, GOOD)
    assert program(folder, GOOD).digest == first.digest
    assert program(folder, GOOD + "\n").digest != first.digest
    other = System.command(["python", "model.py", "-v"], name="p", folder=folder)
    assert other.digest != System.command(["python", "model.py"], name="p", folder=folder).digest


def test_files_that_changed_are_another_system(
    folder: Path, usecase: UseCase, cases: Cases
) -> None:
    system = program(folder, GOOD)
    (folder / "weights.txt").write_text("new")
    with pytest.raises(PreuveError, match="have changed"):
        system.predict(cases, usecase)


def test_a_command_that_hangs_is_stopped(folder: Path, usecase: UseCase, cases: Cases) -> None:
    system = program(folder, "import time\nprint('on', flush=True)\ntime.sleep(600)", seconds=1.5)
    start = time.monotonic()
    error = failure(system, cases, usecase)
    assert time.monotonic() - start < 10
    assert "time limit, 1.5 seconds" in error.problem
    assert error.log == "on\n"


def test_a_child_left_behind_does_not_outlive_the_command(
    folder: Path, usecase: UseCase, cases: Cases
) -> None:
    code = (
        "import os, subprocess\n"
        "subprocess.Popen(['sleep', '4242.17'], start_new_session=True)\n" + GOOD
    )
    program(folder, code).predict(cases, usecase)
    gone = time.monotonic() + 5
    while _running("4242.17") and time.monotonic() < gone:
        time.sleep(0.05)
    assert not _running("4242.17")


def _running(word: str) -> bool:
    return any(word in (p.info["cmdline"] or []) for p in psutil.process_iter(["cmdline"]))


def test_a_command_that_forks_is_stopped(folder: Path, usecase: UseCase, cases: Cases) -> None:
    system = program(
        folder,
        """\
        import os, time
        for _ in range(200):
            if os.fork() == 0:
                time.sleep(600)
        time.sleep(600)
        """,
        processes=10,
    )
    error = failure(system, cases, usecase)
    assert "limit of processes, 10 at a time" in error.problem


def test_a_command_that_hoards_memory_is_stopped(
    folder: Path, usecase: UseCase, cases: Cases
) -> None:
    system = program(
        folder,
        """\
        import time
        kept = []
        for _ in range(400):
            kept.append(bytearray(b"x") * (1 << 20))
            time.sleep(0.005)
        time.sleep(600)
        """,
        memory_mib=100,
    )
    assert "memory limit, 100 MiB" in failure(system, cases, usecase).problem


def test_one_giant_allocation_fails_inside(folder: Path, usecase: UseCase, cases: Cases) -> None:
    system = program(folder, "kept = bytearray(1 << 30)", memory_mib=100)
    error = failure(system, cases, usecase)
    assert "exit code 1" in error.problem
    assert "MemoryError" in error.remedy


def test_a_command_that_burns_a_core_is_stopped(
    folder: Path, usecase: UseCase, cases: Cases
) -> None:
    system = program(folder, "while True: pass", seconds=1)
    assert "time limit" in failure(system, cases, usecase).problem


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)
        yield server


def test_a_socket_reaches_nobody(
    folder: Path, usecase: UseCase, cases: Cases, listener: socket.socket
) -> None:
    port = listener.getsockname()[1]
    code = f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 2)\n"
    error = failure(program(folder, code), cases, usecase)
    assert "exit code 1" in error.problem
    assert "ConnectionRefusedError" in error.remedy
    with pytest.raises(TimeoutError):
        listener.accept()
    with socket.create_connection(("127.0.0.1", port)):
        listener.accept()


def test_a_unix_socket_of_the_machine_is_not_there(
    folder: Path, usecase: UseCase, cases: Cases
) -> None:
    with (
        tempfile.TemporaryDirectory() as place,
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server,
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as abstract,
    ):
        server.bind(f"{place}/s")
        abstract.bind(f"\0preuve-test-{os.getpid()}")
        for one in (server, abstract):
            one.listen()
            address = one.getsockname()
            address = address if isinstance(address, str) else address.decode()
            code = (
                "import socket\n"
                f"socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).connect({address!r})\n"
            )
            assert "exit code 1" in failure(program(folder, code), cases, usecase).problem


def test_a_command_that_fills_the_disk_is_stopped(
    folder: Path, usecase: UseCase, cases: Cases
) -> None:
    system = program(
        folder,
        """\
        import sys
        with open(sys.argv[-1] + "/filler", "wb", buffering=0) as stream:
            while True:
                stream.write(b"x" * 65536)
        """,
        disk_mib=4,
    )
    assert "filled its work folder, 4 MiB" in failure(system, cases, usecase).problem


def test_a_command_that_makes_too_many_files_is_stopped(
    folder: Path, usecase: UseCase, cases: Cases
) -> None:
    code = "for i in range(10**6): open(f'/preuve/{i}', 'w').close()"
    assert "more than 50000 files" in failure(program(folder, code), cases, usecase).problem


def test_it_writes_nowhere_else(folder: Path, usecase: UseCase, cases: Cases) -> None:
    mark = f"preuve-escape-{os.getpid()}"
    places = ["/", "/tmp", "/var/tmp", "/usr", "/usr/local", "/etc", "/home", "/root", "/dev"]
    places += [str(folder), str(Path.home()), sys.prefix, sys.base_prefix, "/proc", "/var", "/run"]
    code = (
        "import os\n"
        f"for place in {places!r}:\n"
        "    try:\n"
        "        os.makedirs(place, exist_ok=True)\n"
        f"        open(os.path.join(place, {mark!r}), 'w').close()\n"
        "        print('WROTE', place)\n"
        "    except OSError: pass\n"
        "try:\n"
        "    value = open('/proc/sys/vm/swappiness').read()\n"
        "    open('/proc/sys/vm/swappiness', 'w').write(value)\n"
        "    print('WROTE sysctl')\n"
        "except OSError: pass\n" + GOOD
    )
    scores = program(folder, code).predict(cases, usecase)
    assert scores.log == "read 25 cases\n"
    assert not any(os.path.exists(f"{place}/{mark}") for place in places)  # noqa: PTH110


def test_it_sees_neither_secrets_nor_environment(
    folder: Path,
    tmp_path: Path,
    usecase: UseCase,
    cases: Cases,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hush")
    secret = tmp_path / "node" / "key.pem"
    secret.parent.mkdir()
    secret.write_text("hush")
    inside = folder / "data"
    inside.mkdir()
    (inside / "records.csv").write_text("hush")
    lone = folder / "key.pem"
    lone.write_text("hush")
    wanted = [str(secret), str(inside / "records.csv"), str(lone), "/etc/passwd", "/etc/shadow"]
    code = (
        "import os\n"
        "assert 'SECRET_TOKEN' not in os.environ\n"
        f"for path in {wanted!r}:\n"
        "    try:\n"
        "        print('READ' if open(path).read() else 'empty', path)\n"
        "    except OSError: pass\n"
        "own = open('/proc/self/status').read()\n"
        "assert 'CapEff:\\t0000000000000000' in own and 'NoNewPrivs:\\t1' in own\n"
        "assert len([p for p in os.listdir('/proc') if p.isdigit()]) < 6\n" + GOOD
    )
    system = program(folder, code)
    log = system.predict(cases, usecase, hidden=[secret.parent, inside, lone]).log
    assert "READ" not in log
    seen = system.predict(cases, usecase).log
    assert f"READ {lone}" in seen
    assert str(secret) not in seen


def test_a_command_in_the_folder_of_a_node_is_refused(
    folder: Path, usecase: UseCase, cases: Cases
) -> None:
    with pytest.raises(PreuveError, match="must not see"):
        program(folder, GOOD).predict(cases, usecase, hidden=[folder])


def test_the_exit_code_and_the_last_words_are_told(
    folder: Path, usecase: UseCase, cases: Cases
) -> None:
    error = failure(program(folder, "raise SystemExit('no licence key')"), cases, usecase)
    assert "exit code 1" in error.problem
    assert "no licence key" in error.remedy
    assert "no licence key" not in error.problem
    again = pickle.loads(pickle.dumps(error))
    assert (again.problem, again.remedy, again.log) == (error.problem, error.remedy, error.log)


def test_what_it_prints_is_kept_up_to_a_bound(folder: Path, usecase: UseCase, cases: Cases) -> None:
    code = GOOD + "for i in range(60_000): print('line', i)\n"
    log = program(folder, code).predict(cases, usecase).log
    assert len(log) == 64 << 10
    assert log.endswith("line 59999\n")


def test_it_cannot_stop_what_watches_it(folder: Path, usecase: UseCase, cases: Cases) -> None:
    code = "import os, signal\nos.kill(-1, signal.SIGKILL)\nos.kill(os.getppid(), signal.SIGKILL)"
    assert "ended its own sandbox" in failure(program(folder, code), cases, usecase).problem


OUTPUTS = {
    "nothing": ("", "without writing scores.csv", "last argument"),
    "link": (
        "import os, sys\nos.symlink('/etc', sys.argv[-1] + '/scores.csv')",
        "without writing scores.csv",
        "last argument",
    ),
    "garbage": ("{write}('\\x00\\x01,,\\n')", "column `case` is missing", "Found"),
    "no finding": ("{write}('case,AFIB\\ncase-01,0.5\\n')", "Missing columns: LBBB, RBBB", ""),
    "logit": (
        "{write}('case,AFIB,LBBB,RBBB\\ncase-01,3,0,0\\n')",
        "AFIB is outside [0, 1]",
        "logits",
    ),
    "stranger": (
        "{write}('case,AFIB,LBBB,RBBB\\nnobody,0,0,0\\n')",
        "1 case it was not asked",
        "cases.csv",
    ),
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_wrong_outputs_are_named(folder: Path, usecase: UseCase, cases: Cases, name: str) -> None:
    code, problem, remedy = OUTPUTS[name]
    write = "import sys\nopen(sys.argv[-1] + '/scores.csv', 'w').write"
    error = failure(program(folder, code.replace("{write}", write)), cases, usecase)
    assert problem in error.problem
    assert remedy in error.remedy


def test_cases_it_leaves_out_have_no_answer(folder: Path, usecase: UseCase, cases: Cases) -> None:
    code = """\
        import sys
        with open(sys.argv[-1] + "/scores.csv", "w") as stream:
            stream.write("case,AFIB,LBBB,RBBB\\ncase-02,0.5,,1\\n")
        """
    scores = program(folder, code).predict(cases, usecase)
    assert list(scores.answered) == [1, 0, 1]


def test_a_program_that_is_not_there_is_refused(folder: Path) -> None:
    with pytest.raises(PreuveError, match="not found"):
        System.command(["no-such-program"], name="p", folder=folder)


def test_a_program_outside_what_the_sandbox_sees_is_refused(folder: Path, tmp_path: Path) -> None:
    tool = tmp_path / "tool"
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    with pytest.raises(PreuveError, match="does not see"):
        System.command([str(tool)], name="p", folder=folder)


def test_without_bubblewrap_nothing_is_run(
    folder: Path, usecase: UseCase, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = program(folder, GOOD)
    monkeypatch.setenv("PATH", "/nowhere")
    for attempt in (lambda: system.predict(cases, usecase), lambda: system.check(usecase)):
        with pytest.raises(PreuveError, match="bubblewrap is not installed") as caught:
            attempt()
        assert "apt-get install bubblewrap" in caught.value.remedy


def test_a_machine_that_forbids_sandboxes_is_told(
    folder: Path, usecase: UseCase, cases: Cases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "bin"
    fake.mkdir()
    (fake / "bwrap").write_text("#!/bin/sh\necho 'bwrap: No permissions' >&2\nexit 1\n")
    (fake / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", str(fake))
    with pytest.raises(PreuveError, match="No permissions") as caught:
        program(folder, GOOD).predict(cases, usecase)
    assert "user namespaces" in caught.value.remedy

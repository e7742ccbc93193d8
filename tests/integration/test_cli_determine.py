"""`medpolicy determine`: line for line, whatever the lines are."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

GOOD = {"service_date": "2025-04-01", "line_of_business": "commercial-hmo-pos", "setting": "outpatient", "procedures": ["0565T"]}


def line(identity: str, **more: Any) -> bytes:
    return json.dumps({"id": identity, **GOOD, **more}).encode()


def answers(text: str) -> list[dict[str, Any]]:
    return [json.loads(one) for one in text.split("\n") if one]


def test_answers_a_line_for_a_line_in_order(medpolicy):
    text = b"\n".join([line("a"), b"", b"   \t", b"{bad", line("b", procedures=["20930"]), line("c", line_of_business="none")])
    ran = medpolicy("determine", "-", "--as-of", "2025-05-01", stdin=text)
    found = answers(ran.out)
    assert [one["id"] for one in found] == ["a", None, "b", "c"]
    assert [one.get("error", {}).get("code") for one in found] == [None, "invalid-json", None, "unknown-line-of-business"]
    assert found[0]["as_of"] == "2025-05-01"
    assert ran.status == 2
    assert "2 answered, 2 refused" in ran.err


def test_all_answered_ends_with_zero(medpolicy):
    ran = medpolicy("determine", "-", stdin=line("a") + b"\n")
    assert ran.status == 0
    assert "1 answered, 0 refused" in ran.err
    assert "lines a second" in ran.err


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n  \r\n"])
def test_an_empty_file_is_well(medpolicy, tmp_path, data):
    file = tmp_path / "empty.jsonl"
    file.write_bytes(data)
    ran = medpolicy("determine", file)
    assert (ran.status, ran.out) == (0, "")
    assert "0 answered, 0 refused" in ran.err


def test_line_ends_and_a_byte_order_mark(medpolicy):
    ran = medpolicy("determine", "-", stdin=b"\xef\xbb\xbf" + line("a") + b"\r\n" + line("b") + b"\r\n" + line("c"))
    assert [one["id"] for one in answers(ran.out)] == ["a", "b", "c"]
    assert ran.status == 0


DEEP = b'{"id": "deep", "facts": ' + b'{"a":' * 200_000 + b"1" + b"}" * 200_000 + b"}"
BAD = {
    "not JSON": (b"{bad", "invalid-json"),
    "NUL bytes": (b'{"id": "x\x00"}', "invalid-json"),
    "only NUL bytes": (b"\x00\x00\x00", "invalid-json"),
    "invalid UTF-8": (b'{"id": "\xff"}', "invalid-json"),
    "UTF-16": ('{"id": "x"}'.encode("utf-16"), "invalid-json"),
    "two values": (b"{} {}", "invalid-json"),
    "NaN": (b'{"id": NaN}', "invalid-json"),
    "nested too deeply": (b"[" * 100_000 + b"]" * 100_000, "invalid-json"),
    "objects nested too deeply": (DEEP[:1_000_000], "invalid-json"),
    "a doubled key": (b'{"id": "x", "setting": "inpatient", "setting": "outpatient"}', "duplicate-key"),
    "a list": (b"[]", "wrong-type"),
    "a number": (b"7", "wrong-type"),
    "10 MB": (b'{"id": "' + b"x" * 10_000_000 + b'"}', "too-large"),
    "10,000 facts": (json.dumps({**GOOD, "facts": {f"f{at}": True for at in range(10_000)}}).encode(), "unknown-fact"),
    "a number of 5,000 digits": (b'{"id": ' + b"9" * 5_000 + b"}", "invalid-json"),
    "null": (json.dumps({**GOOD, "setting": None}).encode(), "wrong-type"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_line_is_answered_in_its_place(medpolicy, name):
    data, code = BAD[name]
    ran = medpolicy("determine", "-", stdin=line("before") + b"\n" + data.replace(b"\n", b"") + b"\n" + line("after") + b"\n")
    before, bad, after = answers(ran.out)
    assert (before["id"], after["id"]) == ("before", "after")
    assert bad["error"]["code"] == code
    assert set(bad) == {"id", "error"}
    assert len(json.dumps(bad)) < 2000
    assert ran.status == 2


def test_a_lone_surrogate_is_escaped_and_other_signs_are_kept(medpolicy):
    ran = medpolicy("determine", "-", stdin=json.dumps({"id": "\ud800é\u2028", **GOOD}).encode())
    assert "\\ud800é\u2028" in ran.out
    assert json.loads(ran.out)["id"] == "\ud800é\u2028"
    assert ran.out.count("\n") == 1


def test_a_missing_file_and_a_directory(medpolicy, tmp_path):
    for path in (tmp_path / "none.jsonl", tmp_path, "nul\0byte"):
        ran = medpolicy("determine", path)
        assert ran.status == 4
        assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("a", "b"),
        ("--nonsense",),
        ("-", "--engine", "none"),
        ("-", "--as-of", "yesterday"),
        ("-", "--as-of", "20250401"),
        ("-", "-o", "/no/such/directory/out"),
    ],
)
def test_wrong_usage(medpolicy, arguments):
    ran = medpolicy("determine", *arguments)
    assert ran.status == 64
    assert ran.out == ""
    assert "medpolicy" in ran.err


def test_both_engines_answer_alike(medpolicy):
    data = b"\n".join(line(str(at), procedures=[code]) for at, code in enumerate(("20930", "0565T", "38243", "99999")))
    outs = [medpolicy("determine", "-", "--engine", engine, stdin=data).out for engine in ("reference", "compiled")]
    assert outs[0] == outs[1]


def test_a_mistake_of_ours_is_not_swallowed(medpolicy, monkeypatch):
    def broken(*_: object, **__: object) -> dict[str, Any]:
        raise ZeroDivisionError

    monkeypatch.setattr("medpolicy.review.lines.determine", broken)
    with pytest.raises(ZeroDivisionError):
        medpolicy("determine", "-", stdin=line("a"))


def test_output_to_a_file(medpolicy, tmp_path):
    out = tmp_path / "out.jsonl"
    out.write_text("before")
    out.chmod(0o640)
    ran = medpolicy("determine", "-", "-o", out, stdin=line("a") + b"\n{bad\n")
    assert ran.status == 2
    assert ran.out == ""
    assert [one["id"] for one in answers(out.read_text())] == ["a", None]
    assert out.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.jsonl"]


def test_output_over_its_own_input(medpolicy, tmp_path):
    file = tmp_path / "both.jsonl"
    file.write_bytes(line("a"))
    assert medpolicy("determine", file, "-o", file).status == 0
    assert answers(file.read_text())[0]["id"] == "a"


def test_output_to_a_device(medpolicy):
    assert medpolicy("determine", "-", "-o", os.devnull, stdin=line("a")).status == 0
    assert Path(os.devnull).is_char_device()


def test_a_failure_leaves_the_old_file(medpolicy, monkeypatch, tmp_path):
    out = tmp_path / "out.jsonl"
    out.write_text("before")

    def broken(*_: object, **__: object) -> dict[str, Any]:
        raise ZeroDivisionError

    monkeypatch.setattr("medpolicy.review.lines.determine", broken)
    with pytest.raises(ZeroDivisionError):
        medpolicy("determine", "-", "-o", out, stdin=line("a"))
    assert out.read_text() == "before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.jsonl"]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_leaves_no_half_written_file(tmp_path, number, status):
    out = tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "medpolicy", "determine", "-", "-o", str(out)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdin is not None
        assert running.stderr is not None
        running.stdin.write(line("a") + b"\n")
        running.stdin.flush()
        deadline = time.monotonic() + 30
        while not [entry for entry in tmp_path.iterdir() if entry.stat().st_size]:  # the first answer is in the other file
            assert time.monotonic() < deadline
            time.sleep(0.02)
        running.send_signal(number)
        assert running.wait(30) == status
        assert b"Traceback" not in running.stderr.read()
    assert list(tmp_path.iterdir()) == []


def test_a_closed_pipe_ends_quietly(tmp_path):
    file = tmp_path / "many.jsonl"
    file.write_bytes((line("a") + b"\n") * 2_000)
    command = [sys.executable, "-m", "medpolicy", "determine", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(30) == 141


def test_answers_come_before_the_next_request(tmp_path):
    command = [sys.executable, "-m", "medpolicy", "determine", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        for identity in ("a", "b"):
            running.stdin.write(line(identity) + b"\n")
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["id"] == identity
        running.stdin.close()
        assert running.wait(30) == 0


def test_a_long_line_is_not_held(tmp_path):
    file = tmp_path / "long.jsonl"
    with file.open("wb") as stream:
        for _ in range(200):
            stream.write(b"x" * 1_000_000)
    script = (
        "import resource, sys; from medpolicy.cli import main; main(sys.argv[1:]); "
        "sys.stderr.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))"
    )
    used = []
    for path in (os.devnull, str(file)):
        done = subprocess.run(
            [sys.executable, "-c", script, "determine", path], capture_output=True, text=True, check=True, timeout=60
        )
        used.append(int(done.stderr.rsplit("\n", 1)[-1]))
    assert used[1] - used[0] < 20 * 1024  # kilobytes; the line has 200 MB

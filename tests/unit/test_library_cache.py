"""The cache of read policies: every change is noticed, whatever is damaged or foreign is made again, nothing of it is run."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from medpolicy import Library, PolicyFileError, load_library
from medpolicy.formats.library_cache import LibraryCache, cache_directory
from tests.spec.policies import write

POLICY = """
code_listings:
  - {id: experimental, stance: investigational, codes: ["0001T"]}
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path / "cache"
    monkeypatch.setenv("MEDPOLICY_CACHE", str(directory))
    return directory / "library.sqlite"


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    root = tmp_path / "policies"
    write(root, (POLICY, POLICY.replace("0001T", "0002T")))
    return root


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The policy files that were read, not taken from the cache."""
    from medpolicy.formats import policy_files

    read: list[str] = []
    original = policy_files.read_policy

    def counted(sources: policy_files.PolicySources, *more: object) -> object:
        read.append(Path(sources.policy[0]).parent.name)
        return original(sources, *more)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(policy_files, "read_policy", counted)
    return read


def codes(library: Library) -> list[str]:
    return [entry.code for policy in library.policies for entry in policy.versions[0].code_listings[0].codes]


def test_the_second_load_reads_nothing_and_is_equal(policies: Path, cache: Path, cold: list[str]) -> None:
    first = load_library(policies)
    assert cold == ["100", "101"]
    second = load_library(policies)
    assert cold == ["100", "101"]
    assert cache.is_file()
    assert (second.digest, list(second.policies)) == (first.digest, list(first.policies))
    assert second.issuers == first.issuers
    assert second.index == first.index


def test_a_changed_file_is_noticed_though_size_and_time_are_the_same(policies: Path, cache: Path, cold: list[str]) -> None:
    first = load_library(policies)
    file = policies / "plan" / "100" / "2020-01.yaml"
    status = file.stat()
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("0001T", "0009T"), encoding="utf-8")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (status.st_size, status.st_mtime_ns)
    second = load_library(policies)
    assert cold == ["100", "101", "100"]
    assert codes(second) == ["0009T", "0002T"]
    assert second.digest != first.digest
    file.write_text(text, encoding="utf-8")
    third = load_library(policies)
    assert cold == ["100", "101", "100"]
    assert (codes(third), third.digest) == (["0001T", "0002T"], first.digest)


def test_a_changed_issuer_is_noticed(policies: Path, cache: Path, cold: list[str]) -> None:
    first = load_library(policies)
    file = policies / "plan" / "issuer.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("Example Plan", "Another Plan"), encoding="utf-8")
    assert load_library(policies).digest != first.digest
    assert cold == ["100", "101"] * 2


def test_a_new_version_and_a_lost_one_are_noticed(policies: Path, cache: Path) -> None:
    home = policies / "plan" / "100"
    first = load_library(policies)
    (home / "2020-01.yaml").rename(home / "2020-01.txt")
    assert load_library(policies).policies[0].versions == ()
    (home / "2020-01.txt").rename(home / "other-name.yaml")
    assert load_library(policies).policies[0].versions == first.policies[0].versions


def test_faults_are_said_again_each_time(policies: Path, cache: Path) -> None:
    file = policies / "plan" / "100" / "2020-01.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("0001T", "1T"), encoding="utf-8")
    for _ in range(2):
        with pytest.raises(PolicyFileError, match="malformed-code"):
            load_library(policies)


def test_a_file_that_changes_before_it_is_looked_at(policies: Path, cache: Path) -> None:
    """A policy is decoded when it is first looked at; the entry that was promised is still the one that is given."""
    load_library(policies)
    library = load_library(policies)
    (policies / "plan" / "100" / "2020-01.yaml").write_text("{}", encoding="utf-8")
    assert codes(library)[0] == "0001T"


def test_a_file_that_changes_while_the_cache_is_lost_is_said(
    policies: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_library(policies)
    library = load_library(policies)
    monkeypatch.setattr(LibraryCache, "body", lambda *_: None)
    (policies / "plan" / "100" / "2020-01.yaml").write_text("{}", encoding="utf-8")
    with pytest.raises(PolicyFileError, match="changed while"):
        _ = library.policies[0]


# -- damage -------------------------------------------------------------------------------------------------------


def damage_whole(cache: Path) -> None:
    cache.write_bytes(b"not a database, and long enough to be looked at as one" * 100)


def damage_truncated(cache: Path) -> None:
    cache.write_bytes(cache.read_bytes()[: cache.stat().st_size // 2])


def damage_middle(cache: Path) -> None:
    data = bytearray(cache.read_bytes())
    for at in range(100, len(data), 97):
        data[at] ^= 0xFF
    cache.write_bytes(bytes(data))


def damage_empty(cache: Path) -> None:
    cache.write_bytes(b"")


def damage_foreign(cache: Path) -> None:
    cache.unlink()
    with sqlite3.connect(cache) as connection:
        connection.execute("CREATE TABLE guests (name TEXT)")
        connection.execute("PRAGMA user_version = 77")


def damage_other_form(cache: Path) -> None:
    with sqlite3.connect(cache) as connection:
        connection.execute("PRAGMA user_version = 1")


def damage_other_columns(cache: Path) -> None:
    with sqlite3.connect(cache) as connection:
        connection.execute("DROP TABLE entry")
        connection.execute("CREATE TABLE entry (digest INTEGER, summary BLOB)")


def damage_pickle(cache: Path) -> None:
    cache.write_bytes(pickle.dumps({"policies": []}))


def damage_directory(cache: Path) -> None:
    cache.unlink()
    cache.mkdir()


def tamper(cache: Path, table: str, column: str, change: str, *, checked: bool) -> None:
    """Change every text of a table; `checked`: with the digest that goes with it, as a malicious hand would."""
    connection = sqlite3.connect(cache)
    for digest, text in connection.execute(f"SELECT digest, {column} FROM {table}").fetchall():  # noqa: S608  # our names
        new = text.replace("0001T", change) if change != "null" else "null"
        check = hashlib.sha256(f"{digest}\n{new}".encode()).hexdigest()
        query = f"UPDATE {table} SET {column} = ? WHERE digest = ?"  # noqa: S608  # our names
        connection.execute(query, (new, digest))
        if checked:
            connection.execute(f"UPDATE {table} SET checked = ? WHERE digest = ?", (check, digest))  # noqa: S608  # our names
    connection.commit()
    connection.close()


def damage_body(cache: Path) -> None:
    tamper(cache, "body", "body", "0009T", checked=False)


def damage_summary(cache: Path) -> None:
    tamper(cache, "entry", "summary", "0009T", checked=False)


def damage_form_of_body(cache: Path) -> None:
    tamper(cache, "body", "body", "null", checked=True)


def damage_form_of_summary(cache: Path) -> None:
    tamper(cache, "entry", "summary", "null", checked=True)


DAMAGES = [value for name, value in sorted(globals().items()) if name.startswith("damage_")]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda one: one.__name__.removeprefix("damage_"))
def test_a_damaged_cache_is_made_again(policies: Path, cache: Path, damage: object) -> None:
    first = load_library(policies)
    damage(cache)  # type: ignore[operator]  # a function of this file
    for _ in range(3):
        again = load_library(policies)
        assert codes(again) == ["0001T", "0002T"]
        assert (again.digest, again.index) == (first.digest, first.index)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc, where nobody may write")
def test_a_directory_where_nobody_may_write(policies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDPOLICY_CACHE", "/proc/medpolicy")
    assert codes(load_library(policies)) == ["0001T", "0002T"]


def test_a_directory_that_cannot_be_written(policies: Path, cache: Path) -> None:
    """For root it can; the test above is for root, too."""
    cache.parent.mkdir()
    cache.parent.chmod(0o500)
    try:
        assert codes(load_library(policies)) == ["0001T", "0002T"]
    finally:
        cache.parent.chmod(0o700)


def test_a_directory_that_is_a_file(policies: Path, cache: Path) -> None:
    cache.parent.write_text("a file", encoding="utf-8")
    for _ in range(2):
        assert codes(load_library(policies)) == ["0001T", "0002T"]
    assert cache.parent.read_text(encoding="utf-8") == "a file"


def test_a_cache_that_cannot_be_opened(policies: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a read-only file system, for any user."""

    def refuse(*_: object, **__: object) -> sqlite3.Connection:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(sqlite3, "connect", refuse)
    assert codes(load_library(policies)) == ["0001T", "0002T"]


def test_no_cache_is_wanted(policies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDPOLICY_CACHE", "")
    assert cache_directory() is None
    assert codes(load_library(policies)) == ["0001T", "0002T"]


def test_where_the_cache_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MEDPOLICY_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cache_directory() == Path("/somewhere/medpolicy")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/somebody")
    assert cache_directory() == Path("/home/somebody/.cache/medpolicy")


# -- nothing is run ------------------------------------------------------------------------------------------------


def test_the_warm_path_loads_neither_pydantic_nor_yaml(policies: Path, cache: Path) -> None:
    code = f"""
import sys
from medpolicy import load_library
library = load_library({str(policies)!r})
_ = [*library.policies]
print([name for name in ("pydantic", "pydantic_core", "yaml", "pickle", "marshal_") if name in sys.modules])
"""
    for expected in ("['pydantic', 'pydantic_core', 'yaml'", "[]"):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip().startswith(expected)


def test_nothing_of_the_cache_is_run() -> None:
    """No source of the room that reads it knows a way to run what it reads."""
    room = Path(sys.modules["medpolicy.formats.library_cache"].__file__ or "").parent
    for file in (room / "library_cache.py", room / "model_json.py", room / "library_files.py"):
        text = file.read_text(encoding="utf-8")
        for word in ("import pickle", "marshal", "eval(", "exec(", "__import__", "importlib", "compile("):
            assert word not in text, f"{file.name}: {word}"


def test_names_in_the_cache_call_nothing(policies: Path, cache: Path, tmp_path: Path) -> None:
    """A body that names other types is refused and the files are read again."""
    load_library(policies)
    connection = sqlite3.connect(cache)
    for digest, text in connection.execute("SELECT digest, body FROM body").fetchall():
        new = text.replace('"AllOf"', '"Popen"')
        check = hashlib.sha256(f"{digest}\n{new}".encode()).hexdigest()
        connection.execute("UPDATE body SET body = ?, checked = ? WHERE digest = ?", (new, check, digest))
    connection.commit()
    connection.close()
    assert codes(load_library(policies)) == ["0001T", "0002T"]


def test_the_cache_holds_plain_json(policies: Path, cache: Path) -> None:
    load_library(policies)
    with sqlite3.connect(cache) as connection:
        rows = connection.execute("SELECT digest, body FROM body").fetchall()
    assert len(rows) == 3
    for digest, body in rows:
        assert len(digest) == 64
        json.loads(body)


def test_two_at_once(policies: Path, cache: Path, tmp_path: Path) -> None:
    """Several processes that begin with no cache all get the whole library."""
    code = f"""
from medpolicy import load_library
print([entry.code for policy in load_library({str(policies)!r}).policies for entry in policy.versions[0].code_listings[0].codes])
"""
    running = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for process in running:
        out, _ = process.communicate(timeout=120)
        assert out.strip() == "['0001T', '0002T']"
    shutil.rmtree(cache.parent)

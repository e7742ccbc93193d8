"""Directories of policy files -> a `Library`, by way of a cache that is keyed by content.

The bytes of every file are read and digested on each load, so that a changed file is always noticed; what they say is taken
from the cache where it holds that digest (`library_cache.py`). A policy is decoded when it is first looked at.
"""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

from medpolicy.errors import Fault, InvalidModel, NotFound, PolicyFileError
from medpolicy.formats.library_cache import LibraryCache, cache_directory
from medpolicy.formats.model_json import from_json, to_json
from medpolicy.library.library import (
    IssuerIndex,
    Library,
    PolicySummary,
    add_to_index,
    issuers_by_line,
    library_digest,
    summary_of,
)
from medpolicy.library.precedence import MEDICARE_AUTHORITIES
from medpolicy.model.issuer import Issuer
from medpolicy.model.policy import MedicalPolicy

SHIPPED = Path(__file__).resolve().parent.parent / "policies"
_NOT_VERSIONS = frozenset(("policy.yaml", "cases.yaml", "issuer.yaml"))
_DAMAGED = (ValueError, TypeError, KeyError, AttributeError, InvalidModel, AssertionError)


@dataclass(frozen=True, slots=True)
class PolicyDirectory:
    """The files of one policy, and the digest of all that they said when they were read."""

    issuer: str
    number: str
    path: Path
    files: tuple[str, ...]  # policy.yaml first
    issuer_digest: str
    digest: str


def load_library(*paths: str | os.PathLike[str], shipped: bool | None = None) -> Library:
    """The library of these directories; without any, what ships with the package. `shipped=True` adds that to others.

    A directory holds `<issuer>/issuer.yaml` and `<issuer>/<number>/policy.yaml` with its versions; it may also be the directory
    of one issuer or of one policy. Raises `NotFound` for a directory that is not there or holds no policy, and
    `PolicyFileError` with every fault of every file.
    """
    return _Loader(LibraryCache.open(cache_directory())).load(_roots(paths, shipped))


def policy_directories(*paths: str | os.PathLike[str], shipped: bool | None = None) -> Iterator[tuple[tuple[str, str], Path]]:
    """Where each policy that `load_library` would load lies, by issuer and number."""
    for root in _roots(paths, shipped):
        for issuer, policies in _issuer_directories(root):
            for policy in policies:
                yield (issuer.name, policy.name), policy


def issuer_file(issuer: str, *paths: str | os.PathLike[str], shipped: bool | None = None) -> Path | None:
    """Where the issuer's own file lies in the directories that `load_library` would load; None where none of them has it."""
    for root in _roots(paths, shipped):
        for directory, _ in _issuer_directories(root):
            if directory.name == issuer and (directory / "issuer.yaml").is_file():
                return directory / "issuer.yaml"
    return None


def _roots(paths: Sequence[str | os.PathLike[str]], shipped: bool | None) -> list[Path]:
    roots = [Path(path) for path in paths]
    if shipped or (shipped is None and not roots):
        roots.insert(0, SHIPPED)
    return roots


class _Loader:
    def __init__(self, cache: LibraryCache) -> None:
        self.cache = cache
        self.faults: list[Fault] = []
        self.issuers: dict[str, Issuer] = {}
        self.issuer_files: dict[str, tuple[str, bytes]] = {}

    def load(self, roots: Sequence[Path]) -> Library:
        found: dict[str, list[Path]] = {}
        for root in roots:
            for directory, policies in _issuer_directories(root):
                self._read_issuer(directory)
                found.setdefault(directory.name, []).extend(policies)
        digests = {name: hashlib.sha256(data).hexdigest() for name, (_, data) in self.issuer_files.items()}
        read = [
            _read_directory(issuer, directory, digests[issuer])[0]
            for issuer, directories in sorted(found.items())
            if issuer in self.issuers
            for directory in directories
        ]
        read.sort(key=lambda one: (one.issuer, one.number))
        for earlier, later in itertools.pairwise(read):
            if (earlier.issuer, earlier.number) == (later.issuer, later.number):
                message = f"the policy {later.issuer}/{later.number} also lies in {earlier.path}; load one of them"
                self._fault("doubled-policy", later.files[0], message)
        if not read and not self.faults:
            raise NotFound(f"no policy lies in {', '.join(map(str, roots))}; expected <issuer>/<number>/policy.yaml")
        decoded = _Policies(self, read)
        summaries = self._summaries(read, decoded)
        if self.faults:
            raise PolicyFileError(self.faults)
        entries = [("issuer", name, digest) for name, digest in digests.items()]
        entries += [("policy", f"{one.issuer}/{one.number}", one.digest) for one in read]
        return self._library(read, summaries, decoded, library_digest(entries))

    def _read_issuer(self, directory: Path) -> None:
        file, name = directory / "issuer.yaml", directory.name
        try:
            data = file.read_bytes()
        except OSError:
            if name not in self.issuer_files:
                self._fault("issuer", str(file), "the issuer's file is missing or cannot be read")
            return
        if name in self.issuer_files:
            if self.issuer_files[name][1] != data:
                self._fault("doubled-issuer", str(file), f"{self.issuer_files[name][0]} declares {name!r} differently")
            return
        self.issuer_files[name] = (str(file), data)
        digest = hashlib.sha256(data).hexdigest()
        stored = self.cache.body(digest)
        issuer = None
        if stored is not None:
            try:
                issuer = from_json(Issuer, stored)
            except _DAMAGED:
                issuer = None
        if issuer is None:
            from medpolicy.formats.policy_files import read_issuer  # brings Pydantic: only where the cache does not know

            issuer, faults = read_issuer(data, str(file))
            self.faults += faults
            if issuer is not None and issuer.id != name:
                self._fault("issuer", str(file), f"the directory is {name!r}, but the file says {issuer.id!r}")
            elif issuer is not None:
                self.cache.store([(digest, None, to_json(issuer))])
        if issuer is not None:
            self.issuers[name] = issuer

    def _summaries(self, read: Sequence[PolicyDirectory], policies: _Policies) -> list[PolicySummary]:
        """The summary of each policy, from the cache or by reading it, which notes its faults."""
        stored = self.cache.summaries(one.digest for one in read)
        found: list[PolicySummary] = []
        fresh: list[tuple[str, Any, Any]] = []
        for at, one in enumerate(read):
            summary = None
            if stored.get(one.digest) is not None:
                try:
                    summary = from_json(PolicySummary, stored[one.digest])
                except _DAMAGED:
                    summary = None
            if summary is None:
                policy, faults = self.parse(one)
                self.faults += faults
                if policy is None:
                    continue
                policies.keep(at, policy)
                summary = summary_of(policy)
                fresh.append((one.digest, to_json(summary), to_json(policy)))
                if len(fresh) >= 500:
                    self.cache.store(fresh)
                    fresh.clear()
            found.append(summary)
        if fresh:
            self.cache.store(fresh)
        return found

    def parse(self, one: PolicyDirectory) -> tuple[MedicalPolicy | None, list[Fault]]:
        """Read a policy's files."""
        from medpolicy.formats.policy_files import PolicySources, read_policy  # brings Pydantic, as above

        again, contents = _read_directory(one.issuer, one.path, one.issuer_digest)
        if again != one:
            message = "the files changed while they were being read; load them again"
            return None, [Fault(code="changed", file=one.files[0], line=0, column=0, path="", message=message)]
        named = list(zip(one.files, contents, strict=True))
        policy, faults = read_policy(PolicySources(named[0], named[1:]), self.issuers[one.issuer])
        if policy is not None and policy.number != one.number:
            message = f"the directory is {one.number!r}, but the file says {policy.number!r}"
            return None, [Fault(code="number", file=one.files[0], line=1, column=1, path="number", message=message)]
        return policy, faults

    def _library(
        self, read: Sequence[PolicyDirectory], summaries: list[PolicySummary], policies: _Policies, digest: str
    ) -> Library:
        index = {issuer: IssuerIndex() for issuer in self.issuers}
        for at, (one, summary) in enumerate(zip(read, summaries, strict=True)):
            fact = add_to_index(index[one.issuer], at, summary)
            if fact is not None:
                message = f"the fact {fact!r} has another type or dimension in another policy of {one.issuer}"
                self._fault("facts-disagree", one.files[0], message)
        if self.faults:
            raise PolicyFileError(self.faults)
        return Library(
            issuers=dict(sorted(self.issuers.items())),
            policies=policies,
            keys=tuple((one.issuer, one.number) for one in read),
            summaries=summaries,
            index=index,
            lines=issuers_by_line(dict(sorted(self.issuers.items()))),
            digest=digest,
            medicare=tuple(at for at, summary in enumerate(summaries) if summary.authority in MEDICARE_AUTHORITIES),
        )

    def _fault(self, code: str, file: str, message: str) -> None:
        self.faults.append(Fault(code=code, file=file, line=0, column=0, path="", message=message))


class _Policies(Sequence[MedicalPolicy]):
    """The policies of a library, each decoded from the cache, or read again, when it is first looked at."""

    def __init__(self, loader: _Loader, read: Sequence[PolicyDirectory]) -> None:
        self._cache = loader.cache
        self._parse: Callable[[PolicyDirectory], tuple[MedicalPolicy | None, list[Fault]]] = loader.parse
        self._read = read
        self._known: list[MedicalPolicy | None] = [None] * len(read)

    def keep(self, at: int, policy: MedicalPolicy) -> None:
        self._known[at] = policy

    def forget(self, at: int) -> None:
        """Let go of a policy; it is decoded again when it is next looked at."""
        self._known[at] = None

    def __len__(self) -> int:
        return len(self._read)

    @overload
    def __getitem__(self, at: int) -> MedicalPolicy: ...
    @overload
    def __getitem__(self, at: slice) -> list[MedicalPolicy]: ...
    def __getitem__(self, at: int | slice) -> MedicalPolicy | list[MedicalPolicy]:
        if isinstance(at, slice):
            return [self[index] for index in range(*at.indices(len(self)))]
        policy = self._known[at]
        if policy is None:
            policy = self._known[at] = self._decoded(self._read[at])
        return policy

    def _decoded(self, one: PolicyDirectory) -> MedicalPolicy:
        stored = self._cache.body(one.digest)
        if stored is not None:
            try:
                return from_json(MedicalPolicy, stored)
            except _DAMAGED:
                pass  # read the files again, below
        policy, faults = self._parse(one)
        if policy is None:
            raise PolicyFileError(faults)
        return policy


def _issuer_directories(root: Path) -> Iterator[tuple[Path, list[Path]]]:
    """The issuers' directories at a root, with the policies wanted of each."""
    root = root.absolute()
    if not root.is_dir():
        raise NotFound(f"{root} is no directory")
    if (root / "policy.yaml").is_file():
        yield root.parent, [root]
        return
    issuers = [root] if (root / "issuer.yaml").is_file() else sorted(entry for entry in root.iterdir() if entry.is_dir())
    for issuer in issuers:
        with os.scandir(issuer) as entries:
            names = sorted(entry.name for entry in entries if entry.is_dir())
        policies = [issuer / name for name in names if (issuer / name / "policy.yaml").is_file()]
        if policies or (issuer / "issuer.yaml").is_file():
            yield issuer, policies


def _read_directory(issuer: str, directory: Path, issuer_digest: str) -> tuple[PolicyDirectory, list[bytes]]:
    """The files of a policy. The issuer's file is part of the digest: its lines and defaults are part of the meaning."""
    with os.scandir(directory) as entries:
        names = sorted(entry.name for entry in entries if entry.name.endswith(".yaml") and entry.name not in _NOT_VERSIONS)
    paths, contents = [], []
    digest = hashlib.sha256(issuer_digest.encode())
    for name in ("policy.yaml", *names):
        path = f"{directory}{os.sep}{name}"
        with open(path, "rb") as file:  # noqa: PTH123  # a library may have tens of thousands of them
            data = file.read()
        paths.append(path)
        contents.append(data)
        digest.update(f"\0{name}\0{len(data)}\0".encode())
        digest.update(data)
    return PolicyDirectory(issuer, directory.name, directory, tuple(paths), issuer_digest, digest.hexdigest()), contents

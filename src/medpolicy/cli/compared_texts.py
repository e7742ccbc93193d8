"""The two sides of `medpolicy diff`, as a person names them: policies on file, files, directories, documents, days."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from medpolicy.authoring.diff.outcomes import ComparedText, text_of_version, text_on
from medpolicy.cli.files import reading
from medpolicy.cli.policy_names import find_policy
from medpolicy.errors import DocumentError, NotFound, UsageError
from medpolicy.formats.library_files import load_library, policy_directories
from medpolicy.library.library import Library
from medpolicy.model.issuer import Issuer
from medpolicy.model.policy import MedicalPolicy
from medpolicy.model.request import Request

_POLICY_FILES = (".yaml", ".yml")


def text_named(name: str, library: Library, *, issuer: str | None, directories: tuple[Path, ...] = ()) -> ComparedText:
    """The text of `254`, `254@2025-03`, a policy's directory, a version's file or a document.

    It is the latest version where none is named. `issuer`: whose policy a document is; its file is looked for in `directories`,
    else among those that ship.
    """
    path, version = _path_of(name)
    if path is None:
        number, _, version = name.partition("@")
        policy, of = _on_file(number, library)
    elif path.is_dir():
        policy, of = _in_directory(path)
    elif path.suffix in _POLICY_FILES:
        policy, of = _in_directory(path.parent)
        version = version or ("" if path.name == "policy.yaml" else path.stem)
    else:
        policy, of = policy_of_document(path, issuer=issuer, directories=directories)
    return _text(policy, of, version, name)


def text_in_force(name: str, library: Library, day: date) -> ComparedText:
    """The text of a policy on file as it was in force on a day."""
    policy, issuer = _on_file(name, library)
    request = Request(issuer=issuer.id, service_date=day, line_of_business="")
    return text_on(policy, issuer, request, f"{name} on {day}")


def policy_of_document(path: Path, *, issuer: str | None, directories: tuple[Path, ...] = ()) -> tuple[MedicalPolicy, Issuer]:
    """The draft that a document is imported to, loaded as any policy. `DocumentError` where it gives none."""
    from medpolicy.authoring.importing import import_document  # brings the readers, which most comparisons do not need

    known = load_library(*directories, shipped=True).issuers.get(issuer) if issuer is not None else None
    with reading(str(path)) as file:
        imported = import_document(file.read(), path.name, issuer=issuer, known_issuer=known)
    if not imported.files:
        raise DocumentError(f"{path}: its layout is not understood; `medpolicy import` shows what is missing")
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        for name, text in imported.files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        if issuer is not None and known is not None:
            own = (path.parent for (owner, _), path in policy_directories(*directories, shipped=True) if owner == issuer)
            (root / issuer / "issuer.yaml").write_bytes((next(own) / "issuer.yaml").read_bytes())
        return _in_directory(root)


def _path_of(name: str) -> tuple[Path | None, str]:
    """The file or directory that is named, and the version behind `@`; None where there is no such path."""
    if Path(name).exists():
        return Path(name), ""
    before, at, version = name.rpartition("@")
    if at and Path(before).exists():
        return Path(before), version
    if name.startswith((".", "/", "~")) or Path(before if at else name).suffix:
        raise NotFound(f"{name}: no such file or directory")
    return None, ""


def _on_file(name: str, library: Library) -> tuple[MedicalPolicy, Issuer]:
    issuer, number = find_policy(library, name)
    return library.policy(number, issuer), library.issuers[issuer]


def _in_directory(path: Path) -> tuple[MedicalPolicy, Issuer]:
    library = load_library(path)
    if len(library.policies) != 1:
        found = ", ".join("/".join(key) for key in library.keys)
        raise UsageError(f"{path} holds more than one policy; name the directory of one of them: {found}")
    policy = library.policies[0]
    return policy, library.issuers[policy.issuer]


def _text(policy: MedicalPolicy, issuer: Issuer, version: str, name: str) -> ComparedText:
    if not policy.versions:
        raise NotFound(f"{name}: no version of the policy is on file, so there is no text to compare")
    chosen = [one for one in policy.versions if version in ("", one.version)]
    if not chosen:
        known = ", ".join(one.version for one in policy.versions)
        raise NotFound(f"no version {version!r} of {policy.issuer}/{policy.number} is on file; there are: {known}")
    return text_of_version(policy, issuer, chosen[-1], name)

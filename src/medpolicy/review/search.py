"""Looking something up in the policies: what can be found of each. For people; nothing is decided by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from medpolicy.formats.search_index import Entry, Found, Hit, SearchIndex
from medpolicy.library.library import Library
from medpolicy.model.codes import normalize_procedure
from medpolicy.model.policy import MedicalPolicy

CODE_IN_RANGE = "code"


def search(words: Sequence[str], library: Library, cache: Path | None, *, most: int = 20) -> Found:
    """The policies that tell of these words, codes or products; the index is kept in the cache's directory."""
    found = SearchIndex.open(cache, library.digest, _entries(library)).search(words, most=most)
    return _with_ranges(words, library, found, most)


def _with_ranges(words: Sequence[str], library: Library, found: Found, most: int) -> Found:
    """With the policies that name a code only by a range."""
    missing: dict[int, str] = {}
    known = {hit.policy for hit in found.hits}
    for word in words:
        code = normalize_procedure(word) if len(word) <= 64 else None
        if code is None:
            continue
        for index in library.index.values():
            missing.update((at, code[0]) for at in index.naming(code[0]) if at not in known)
    if not missing or len(found.hits) >= most:
        return found
    more = tuple(
        Hit(at, 1, (Entry(at, CODE_IN_RANGE, code, "named by a range or in the history"),))
        for at, code in sorted(missing.items())
    )
    instead = {word: terms for word, terms in found.instead.items() if word.upper() not in missing.values()}
    return Found((*found.hits, *more)[:most], found.total + len(more), instead)


def _entries(library: Library) -> Iterator[Entry]:
    for at, policy in enumerate(library.policies):
        issuer = library.issuers[policy.issuer].name
        yield Entry(at, "title", policy.title, f"{policy.number} {policy.issuer} {issuer}")
        yield from dict.fromkeys(_of_policy(at, policy))


def _of_policy(at: int, policy: MedicalPolicy) -> Iterator[Entry]:
    for version in policy.versions:
        for provision in version.provisions:
            named = "" if provision.procedures is None else f" {provision.procedures}"
            said = " ".join(text for text in (provision.text, provision.otherwise_text) if text)
            yield Entry(at, "statement", provision.id, said + named)
        for products in version.product_lists:
            for product in products.products:
                yield Entry(at, "product", product.name, " ".join((product.manufacturer, *product.aliases)))
        for listing in version.code_listings:
            yield Entry(at, "codes", listing.text, " ".join(entry.code for entry in listing.codes))
        for diagnoses in version.diagnosis_listings:
            yield Entry(at, "diagnoses", diagnoses.text, str(diagnoses.codes))
        for fact in version.facts:
            yield Entry(at, "question", fact.ask, " ".join((fact.id, *fact.scale)))
        for table in version.supplement:
            for row in table.rows:
                yield Entry(at, "supplement", row.product, f"{row.matrix_type} {row.manufacturer}")
        for passage in (*version.evidence, *version.limitations):
            yield Entry(at, "evidence", passage.id, passage.text)
    for related in policy.related:
        yield Entry(at, "related", related.title, related.number)
    for event in policy.history:
        yield Entry(at, "history", str(event.date), " ".join((event.text, *event.codes_added, *event.codes_removed)))

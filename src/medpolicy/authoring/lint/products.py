"""Products: the lists of the statements and the tables beside them, compared."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from medpolicy.authoring.lint import findings as f
from medpolicy.authoring.lint.findings import Finding, Place
from medpolicy.authoring.lint.proofs import exclude_each_other
from medpolicy.authoring.lint.subject import Subject, plain
from medpolicy.authoring.lint.vocabulary import MATERIALS, SAMPLE
from medpolicy.authoring.lint.wording import (
    demand_in,
    maker_key,
    names_any,
    phrase_with,
    same_product,
    squashed,
    telling_words,
)
from medpolicy.model import criteria as c
from medpolicy.model.citation import Citation, digest_lines
from medpolicy.model.policy import PolicyVersion, Product, ProductList, SupplementRow, SupplementTable
from medpolicy.model.products import product_key

_SAMPLE = re.compile(SAMPLE, re.IGNORECASE)
_LIKE = 0.85  # of two spellings that a person would take for one name


@dataclass(frozen=True, slots=True)
class _Said:
    """What a list or a table says of everything in it: the place, and the words to judge by."""

    place: Place
    words: tuple[str, ...]


def contradicting_lists(subject: Subject) -> Iterator[Finding]:
    """Products of a list and a table, or of two lists, of which the one says the contrary of the other."""
    for version in subject.policy.versions:
        recorded = {product_key(conflict.product) for conflict in version.source_conflicts}
        found: set[str] = set()
        for products_of, product, table, row in _pairs(version):
            contrary = _contrary(_said_of_list(subject, version, products_of), _said_of_table(subject, version, table))
            if contrary is None:
                continue
            found.add(product_key(product.name))
            statement, title, own_words, table_words = contrary
            yield Finding(
                kind=f.PRODUCT_IN_CONTRADICTING_LISTS,
                message=(
                    f"{product.name}: the statement demands “{own_words}”, and {table.id} appears to say that "
                    f"“{table_words}” is not demanded."
                    if demand_is_made(statement)
                    else f"{product.name}: by the statement “{own_words}” is not demanded, and {table.id} appears to demand "
                    f"“{table_words}”."
                ),
                places=(
                    _product_place(subject, version, products_of, product),
                    statement,
                    _row_place(subject, version, table, row),
                    title,
                ),
            )
        yield from _two_lists(subject, version)
        for conflict in version.source_conflicts:
            if product_key(conflict.product) in recorded - found:
                places = tuple(
                    subject.place(version, f"source_conflicts[{conflict.id}]", citation, conflict.text)
                    for citation in conflict.citations
                )
                message = f"{conflict.product}: {conflict.text}"
                yield Finding(kind=f.PRODUCT_IN_CONTRADICTING_LISTS, message=message, places=places)


def demand_is_made(place: Place) -> bool:
    """Whether what stands there demands something."""
    demand = demand_in(place.text)
    return demand is not None and demand.is_made


def _two_lists(subject: Subject, version: PolicyVersion) -> Iterator[Finding]:
    provisions = {provision.id: provision for provision in version.provisions}
    for one, other in combinations(version.product_lists, 2):
        stances = [provisions[found.provision].stance for found in (one, other)]
        if stances[0] is stances[1]:
            continue
        for product, twin in _twins(one, other):
            if _speak_of_different_services(subject, version, (one, product), (other, twin)):
                continue
            yield Finding(
                kind=f.PRODUCT_IN_CONTRADICTING_LISTS,
                message=(
                    f"{product.name} and {twin.name} may be one product, and their statements differ in stance: "
                    f"{stances[0].value} and {stances[1].value}."
                ),
                places=(_product_place(subject, version, one, product), _product_place(subject, version, other, twin)),
            )


def _twins(one: ProductList, other: ProductList) -> Iterator[tuple[Product, Product]]:
    return ((product, twin) for product in one.products for twin in other.products if same_product(product.name, twin.name))


def _speak_of_different_services(subject: Subject, version: PolicyVersion, *listed: tuple[ProductList, Product]) -> bool:
    """Whether the statements of two lists exclude each other by something that naming the products does not settle."""
    one, other = (next(item for item in version.provisions if item.id == products_of.provision) for products_of, _ in listed)
    implied = {fact for _, product in listed for fact in product.implies}
    asked = [{c.subject_of(test) for tree in (item.when, item.criteria) for test in c.tests_in(tree)} for item in (one, other)]
    settled = implied | {"products"}
    return not settled & asked[0] & asked[1] and exclude_each_other(subject, version, one, other)


def _contrary(one: _Said, other: _Said) -> tuple[Place, Place, str, str] | None:
    """Both places and both wordings, where the one demands what the other says is not demanded."""
    for own in one.words:
        for their in other.words:
            ours, theirs = demand_in(own), demand_in(their)
            if ours is None or theirs is None or ours.is_made is theirs.is_made:
                continue
            shared = telling_words(ours.of) & telling_words(theirs.of)
            if shared:
                return one.place, other.place, phrase_with(ours.of, shared), phrase_with(theirs.of, shared)
    return None


def _said_of_list(subject: Subject, version: PolicyVersion, products_of: ProductList) -> _Said:
    provision = next(provision for provision in version.provisions if provision.id == products_of.provision)
    place = subject.place(version, f"provisions[{provision.id}]", provision.citation, provision.text)
    return _Said(place, (place.text,))


def _said_of_table(subject: Subject, version: PolicyVersion, table: SupplementTable) -> _Said:
    path = f"supplement[{table.id}]"
    title = title_of(subject, table)
    if title is None:
        return _Said(subject.place(version, path, None, f"{table.title}. {table.text}"), (table.title, table.text))
    place = subject.place(version, path, title, table.title)
    return _Said(place, (place.text,))


def title_of(subject: Subject, table: SupplementTable) -> Citation | None:
    """Where the document prints the title of a table: the last line of words before its rows; None without the document."""
    cited = table.citation
    lines = subject.lines(cited)
    if lines is None:
        return None
    first_row = min((row.citation.first_line for row in table.rows), default=cited.last_line + 1)
    for number in range(min(cited.last_line, first_row - 1), cited.first_line - 1, -1):
        line = lines[number - cited.first_line]
        if plain(line) and "\t" not in line and "|" not in line:
            return replace(cited, first_line=number, last_line=number, sha256=digest_lines([line]))
    return None


def manufacturers(subject: Subject) -> Iterator[Finding]:
    """Makers that are not the same in every place, and names of makers that are not spelled alike."""
    for version in subject.policy.versions:
        for one, other in _named_twice(subject, version):
            if maker_key(one.maker) == maker_key(other.maker) or _is_like(one.maker, other.maker):
                continue
            message = f"{one.name} is of {one.maker} in {one.where}, and of {other.maker} in {other.where}."
            yield Finding(kind=f.MANUFACTURER_DIFFERS, message=message, places=(one.place, other.place))
        yield from _spellings(subject, version)


@dataclass(frozen=True, slots=True)
class _Named:
    """A product in a list or a row of a table: `where` says which, in words."""

    name: str
    maker: str
    where: str
    of: str
    place: Place


def _named_twice(subject: Subject, version: PolicyVersion) -> Iterator[tuple[_Named, _Named]]:
    """One product in a list and in a table, which may call it more or less fully; or in two lists or tables, under one name."""
    for products_of, product, table, row in _pairs(version):
        yield _of_list(subject, version, products_of, product), _of_row(subject, version, table, row)
    listed = [_of_list(subject, version, of, product) for of in version.product_lists for product in of.products]
    rows = [_of_row(subject, version, table, row) for table in version.supplement for row in table.rows]
    for places in (listed, rows):
        for one, other in combinations(places, 2):
            if one.of != other.of and squashed(one.name) == squashed(other.name):
                yield one, other


def _of_list(subject: Subject, version: PolicyVersion, products_of: ProductList, product: Product) -> _Named:
    where = "the list" if len(version.product_lists) == 1 else f"the list {products_of.id}"
    place = _product_place(subject, version, products_of, product)
    return _Named(product.name, product.manufacturer, where, products_of.id, place)


def _of_row(subject: Subject, version: PolicyVersion, table: SupplementTable, row: SupplementRow) -> _Named:
    return _Named(row.product, row.manufacturer, f"“{table.title}”", table.id, _row_place(subject, version, table, row))


def _spellings(subject: Subject, version: PolicyVersion) -> Iterator[Finding]:
    places: dict[str, dict[str, list[Place]]] = defaultdict(lambda: defaultdict(list))
    for products_of in version.product_lists:
        for product in products_of.products:
            at = places[maker_key(product.manufacturer)][product.manufacturer]
            at.append(_product_place(subject, version, products_of, product))
    for table in version.supplement:
        for row in table.rows:
            places[maker_key(row.manufacturer)][row.manufacturer].append(_row_place(subject, version, table, row))
    for _, product, _, row in _pairs(version):
        ours, theirs = maker_key(product.manufacturer), maker_key(row.manufacturer)
        if ours != theirs and _is_like(product.manufacturer, row.manufacturer) and theirs in places:
            for name, found in places.pop(theirs).items():
                places[ours][name] += found
    for spellings in places.values():
        if len(spellings) > 1:
            yield Finding(
                kind=f.MANUFACTURER_SPELLED_DIFFERENTLY,
                message=f"One maker is spelled in {len(spellings)} ways: {_quoted(spellings)}.",
                places=tuple(place for found in spellings.values() for place in found),
            )


def product_names(subject: Subject) -> Iterator[Finding]:
    """Names of products that are one but for spaces and signs, and yet do not match."""
    for version in subject.policy.versions:
        places: dict[str, dict[str, list[Place]]] = defaultdict(lambda: defaultdict(list))
        for products_of in version.product_lists:
            for product in products_of.products:
                at = places[squashed(product.name)][product_key(product.name)]
                at.append(_product_place(subject, version, products_of, product))
        for table in version.supplement:
            for row in table.rows:
                places[squashed(row.product)][product_key(row.product)].append(_row_place(subject, version, table, row))
        for spellings in places.values():
            if len(spellings) > 1:
                yield Finding(
                    kind=f.PRODUCT_SPELLED_DIFFERENTLY,
                    message=f"One product is spelled in {len(spellings)} ways that do not match: {_quoted(spellings)}.",
                    places=tuple(place for found in spellings.values() for place in found),
                )


def in_no_table(subject: Subject) -> Iterator[Finding]:
    """Products of a list of which others stand in the tables."""
    for version in subject.policy.versions:
        in_tables = {product.name for _, product, _, _ in _pairs(version)}
        tables = [table for table in version.supplement if table.rows]
        for products_of in version.product_lists:
            if not any(product.name in in_tables for product in products_of.products):
                continue
            for product in products_of.products:
                if product.name in in_tables:
                    continue
                table_places = [_table_place(subject, version, table) for table in tables]
                is_sample = any(_SAMPLE.search(text) for table in tables for text in (table.title, table.text)) or any(
                    _SAMPLE.search(place.text) for place in table_places
                )
                said = "; the tables call themselves a sample" if is_sample else ""
                yield Finding(
                    kind=f.PRODUCT_IN_NO_TABLE,
                    message=f"{product.name} stands in the list and in none of the {len(tables)} tables{said}.",
                    places=(_product_place(subject, version, products_of, product), *table_places),
                )


def rows_and_titles(subject: Subject) -> Iterator[Finding]:
    """Rows whose own description names other materials than the title of their table."""
    for version in subject.policy.versions:
        for table in version.supplement:
            title = _said_of_table(subject, version, table)
            named = _materials(title.words[0])
            for row in table.rows:
                own = _materials(row.matrix_type)
                if not named or not own or named & own:
                    continue
                yield Finding(
                    kind=f.ROW_OUTSIDE_TABLE_TITLE,
                    message=(
                        f"{row.product} is described as “{row.matrix_type}” ({_and(own)}), under a title that says "
                        f"{_and(named)}. Does it belong there?"
                    ),
                    places=(_row_place(subject, version, table, row), title.place),
                )


def _materials(text: str) -> frozenset[str]:
    return frozenset(name for name, terms in MATERIALS.items() if names_any(text, terms))


def _pairs(version: PolicyVersion) -> Iterator[tuple[ProductList, Product, SupplementTable, SupplementRow]]:
    """Each product of a list with each row of a table that may mean it."""
    for products_of in version.product_lists:
        for product in products_of.products:
            for table in version.supplement:
                for row in table.rows:
                    if same_product(product.name, row.product):
                        yield products_of, product, table, row


def _product_place(subject: Subject, version: PolicyVersion, products_of: ProductList, product: Product) -> Place:
    path = f"product_lists[{products_of.id}].products[{product.name}]"
    return subject.place(version, path, product.citation, f"{product.name} ({product.manufacturer})")


def _row_place(subject: Subject, version: PolicyVersion, table: SupplementTable, row: SupplementRow) -> Place:
    words = f"{row.product}: {row.matrix_type} ({row.manufacturer})"
    return subject.place(version, f"supplement[{table.id}].rows[{row.product}]", row.citation, words)


def _table_place(subject: Subject, version: PolicyVersion, table: SupplementTable) -> Place:
    return subject.place(version, f"supplement[{table.id}]", table.citation, f"{table.title}. {table.text}")


def _is_like(one: str, other: str) -> bool:
    return difflib.SequenceMatcher(None, squashed(one), squashed(other)).ratio() >= _LIKE


def _quoted(names: Sequence[str] | dict[str, list[Place]]) -> str:
    return ", ".join(f"“{name}”" for name in names)


def _and(names: frozenset[str]) -> str:
    return " and ".join(sorted(names))

"""The determinations that differ between two texts, as few conditions; exact, and where a limit was reached it says so.

Both texts are followed over every request that tells everything: code, line of business, products, facts and member are the
variables of one decision diagram, whose ends are what differs between the two answers. For each difference a cover of the diagram
gives the conditions (`cover.py`); codes, lines and products that behave alike are gathered by it, because they are variables like
any other.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from medpolicy.authoring.diff.code_axis import CodeGroup, code_groups
from medpolicy.authoring.diff.counting import counted
from medpolicy.authoring.diff.cover import Cover, Cube, cover_of, narrowed
from medpolicy.authoring.diff.diagnosis_axis import diagnosis_classes
from medpolicy.authoring.diff.factoring import AllTogether, SomeOf, factored
from medpolicy.authoring.diff.outcomes import Authorization, ComparedText, Outcome, TestNodes, TextOutcomes
from medpolicy.authoring.diff.product_axis import ProductsNamed, product_axis
from medpolicy.authoring.diff.variables import (
    Asked,
    Definitions,
    Interval,
    Piece,
    Variable,
    can_both_be,
    disagreeing_facts,
    variables_for,
)
from medpolicy.engines.completions import bare
from medpolicy.engines.diagram import Diagrams
from medpolicy.errors import InvalidModel
from medpolicy.library.in_force import codes_in_history
from medpolicy.model import criteria as c
from medpolicy.model.codes import CodeSet
from medpolicy.model.facts import FactDefinition, FactValue
from medpolicy.model.issuer import Coverage, Stance
from medpolicy.model.policy import Part, Product
from medpolicy.model.products import product_key

CODE, LINE, PRODUCT, FIRST_TOLD = range(4)  # the variables of the diagram; what a request tells follows
MAXIMUM_CONDITIONS = 100  # of one change: nobody reads more, and two unlike texts differ in thousands
_Member = TypeVar("_Member")
Said = tuple[Coverage, Stance | None]


class DeterminationChange(NamedTuple):
    """What differs between two answers. None: the same. `authorization`: before and after, in each of `Setting`."""

    coverage: tuple[Said, Said] | None
    authorization: tuple[tuple[Authorization, Authorization] | None, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that a request tells is one of these pieces of its variable."""

    variable: Variable
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Where all of this holds, the two answers differ so. None of codes or products: any; of lines: any that either text names.

    Of `codes` None is a request without a procedure, and the group without spans every code that neither text names.
    """

    change: DeterminationChange
    codes: tuple[CodeGroup | None, ...] | None
    lines: tuple[str, ...] | None
    products: tuple[ProductsNamed, ...] | None
    where: AllTogether[Condition]


@dataclass(frozen=True, slots=True)
class Limit:
    """Something that was not compared, by a stable code: what it is about, in `says`."""

    code: str
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeterminationDifferences:
    """Every difference, what was compared, and what was not."""

    differences: tuple[Difference, ...]
    codes: tuple[CodeGroup | None, ...]
    lines: tuple[str, ...]
    products: tuple[ProductsNamed, ...]
    limits: tuple[Limit, ...]
    renamed_facts: Mapping[str, str]  # by the old name


def compare_determinations(old: ComparedText, new: ComparedText) -> DeterminationDifferences:
    """How the answers of the new text differ from those of the old one."""
    return _Comparison(old, new).differences()


def renamed_facts(old: Sequence[FactDefinition], new: Sequence[FactDefinition]) -> dict[str, str]:
    """The facts that ask the same under another name, new by old; only where nothing else could be meant."""
    kept = {fact.id for fact in old} & {fact.id for fact in new}

    def by_content(facts: Sequence[FactDefinition]) -> dict[Hashable, list[str]]:
        found: dict[Hashable, list[str]] = {}
        for fact in facts:
            if fact.id not in kept:
                found.setdefault((fact.type, fact.ask, fact.unit, fact.choices, fact.ordered), []).append(fact.id)
        return found

    before, after = by_content(old), by_content(new)
    return {
        names[0]: after[content][0] for content, names in before.items() if len(names) == 1 and len(after.get(content, ())) == 1
    }


class _Comparison:
    def __init__(self, old: ComparedText, new: ComparedText) -> None:
        self.texts = (old, new)
        self.renamed = renamed_facts(old.definitions, new.definitions)
        self.definitions: Definitions = (
            {self.renamed.get(fact.id, fact.id): fact for fact in old.definitions},
            {fact.id: fact for fact in new.definitions},
        )
        tests = [list(_tests(text)) for text in self.texts]
        sets = [codes for text, found in zip(self.texts, tests, strict=True) for codes in _code_sets(text, found)]
        named = {code for text in self.texts for code in _codes(text)}
        self.codes: tuple[CodeGroup | None, ...] = (None, *code_groups(sorted(named), sets))
        self.lines = tuple(dict.fromkeys(line for text in (new, old) for line in _lines(text)))
        self.products, self.not_together = product_axis(
            (_listed_products(old), _listed_products(new)),
            [test.products for found in tests for test in found if isinstance(test, c.ProductIn)],
            self._answered_by_codes(),
            self.renamed,
        )
        asked = [
            Asked(at, self.renamed.get(c.subject_of(test), c.subject_of(test)) if at == 0 else c.subject_of(test), test)
            for at, found in enumerate(tests)
            for test in found
        ]
        asked += [
            Asked(at, "service_state", c.ServiceStateIn(states=text.policy.jurisdiction))
            for at, text in enumerate(self.texts)
            if text.policy.jurisdiction
        ]
        classes = diagnosis_classes(one.test.codes for one in asked if isinstance(one.test, c.DiagnosisIn))
        self.told = variables_for(asked, self.definitions, classes)
        self.empty = [one for one in self.told if not one.pieces]
        procedures = list(dict.fromkeys(bare(one.test) for one in asked if isinstance(one.test, c.ProcedureIn)))
        self.procedures = {test: FIRST_TOLD + len(self.told) + at for at, test in enumerate(procedures)}
        widths = [len(self.codes), max(len(self.lines), 1), len(self.products), *(len(one.pieces) for one in self.told)]
        self.diagrams = Diagrams([*widths, *(2 for _ in procedures)])

    def _answered_by_codes(self) -> Iterable[tuple[str, FactValue]]:
        for text, names in zip(self.texts, (self.renamed, {}), strict=True):
            for version in text.sources:
                for listing in version.code_listings:
                    for entry in listing.codes:
                        yield from ((names.get(fact, fact), value) for fact, value in entry.implies.items())

    def differences(self) -> DeterminationDifferences:
        limits = list(self._limits())
        found: list[Difference] = []
        if self.empty or not self.lines:
            limits += [Limit("no-common-choice", (one.subject,)) for one in self.empty]
            return self._report((), limits)
        try:
            root, possible, too_coarse = self._roots()
            limits += [Limit("too-coarse", (fact,)) for fact in sorted(too_coarse)]
            changes = [value for value in self.diagrams.ends(root, {}) if isinstance(value, DeterminationChange)]
            for change in sorted(changes, key=_order_of):
                where = self.diagrams.mapped(lambda value, wanted=change: value == wanted, root)  # type: ignore[misc]
                cover = cover_of(self.diagrams, where, possible, maximum=MAXIMUM_CONDITIONS, widened_first=(CODE, LINE, PRODUCT))
                found += self._gathered(change, cover, self.diagrams.combined(_and, where, possible))
                if not cover.complete:
                    limits.append(Limit("too-many-conditions", (str(MAXIMUM_CONDITIONS),)))
        except InvalidModel as error:
            limits.append(Limit("too-entangled", (str(error),)))
        return self._report(found, limits)

    def _report(self, found: Sequence[Difference], limits: Sequence[Limit]) -> DeterminationDifferences:
        said = tuple(dict.fromkeys(limits))
        return DeterminationDifferences(tuple(found), self.codes, self.lines, self.products, said, self.renamed)

    def _roots(self) -> tuple[int, int, set[str]]:
        """The diagram that ends in what differs, None where nothing does; where what is told can be so; too coarse facts."""
        numbered = [(FIRST_TOLD + at, one) for at, one in enumerate(self.told)]
        both = [
            TextOutcomes(text, TestNodes(self.diagrams, numbered, self.procedures, at, self.renamed if at == 0 else {}))
            for at, text in enumerate(self.texts)
        ]
        cells = [
            [[self._cell(both, code, line, products) for products in self.products] for line in self.lines] for code in self.codes
        ]

        def gathered(which: int) -> int:
            return self.diagrams.choice(
                CODE,
                tuple(
                    self.diagrams.choice(
                        LINE, tuple(self.diagrams.choice(PRODUCT, tuple(cell[which] for cell in by_line)) for by_line in by_code)
                    )
                    for by_code in cells
                ),
            )

        possible = self.diagrams.combined(_and, gathered(1), self._times())
        return gathered(0), possible, both[0].too_coarse | both[1].too_coarse

    def _cell(self, both: Sequence[TextOutcomes], group: CodeGroup | None, line: str, products: ProductsNamed) -> tuple[int, int]:
        """For one code, line and set of products: what differs, and what can be told where code and product answer facts."""
        code = None if group is None else group.example
        views = [outcomes.view_of_request(code, line, products.example) for outcomes in both]
        old, new = (
            {names.get(subject, subject): value for subject, value in view.known.values.items()}
            for view, names in zip(views, (self.renamed, {}), strict=True)
        )
        alike = {
            at: one.pieces.index(new[one.subject])
            for at, one in enumerate(self.told)
            if one.measure is None and one.text is None and one.diagnoses is None
            if one.subject in new and old.get(one.subject) == new[one.subject] and new[one.subject] in one.pieces
        }
        shared = {self.told[at].subject for at in alike}
        own_names = {self.renamed.get(fact.id, fact.id): fact.id for fact in self.texts[0].definitions}
        before = both[0].outcome(views[0], {own_names.get(fact, fact) for fact in shared})
        after = both[1].outcome(views[1], shared)
        possible = self.diagrams.end(True)
        for at, region in alike.items():
            only = self._only(FIRST_TOLD + at, region, len(self.told[at].pieces))
            possible = self.diagrams.combined(_and, possible, only)
        return self.diagrams.combined(_change, before, after), possible

    def _times(self) -> int:
        """Where a time in days and the same time in months can be so together."""
        found = self.diagrams.end(True)
        for at, days in enumerate(self.told):
            for other, months in enumerate(self.told):
                if days.measure is None or months.measure is None or (days.subject, days.text) != (months.subject, months.text):
                    continue
                if (days.measure.scale, months.measure.scale) == ("days", "months"):
                    found = self.diagrams.combined(_and, found, self._together(at, days, other, months))
        return found

    def _together(self, at: int, days: Variable, other: int, months: Variable) -> int:
        pairs: int = self.diagrams.end(False)
        for day_region, day_piece in enumerate(days.pieces):
            for month_region, month_piece in enumerate(months.pieces):
                assert isinstance(day_piece, Interval)
                assert isinstance(month_piece, Interval)
                if can_both_be(day_piece, month_piece):
                    both = self.diagrams.combined(
                        _and,
                        self._only(FIRST_TOLD + at, day_region, len(days.pieces)),
                        self._only(FIRST_TOLD + other, month_region, len(months.pieces)),
                    )
                    pairs = self.diagrams.combined(lambda one, another: one or another, pairs, both)
        return pairs

    def _only(self, variable: int, region: int, width: int) -> int:
        return self.diagrams.choice(variable, tuple(self.diagrams.end(at == region) for at in range(width)))

    def _gathered(self, change: DeterminationChange, cover: Cover, wanted: int) -> Iterable[Difference]:
        """The conditions of one change, those for the same codes, lines and products as one."""
        by_scope: dict[tuple[frozenset[int] | None, ...], list[Cube]] = {}
        for cube in cover.cubes:
            by_scope.setdefault((cube.get(CODE), cube.get(LINE), cube.get(PRODUCT)), []).append(cube)
        groups = list(by_scope.values())
        for variable in (CODE, LINE, PRODUCT) if cover.complete else ():
            groups = narrowed(self.diagrams, wanted, groups, variable)
        for group in groups:
            codes, lines, products = (self._that_can_be(variable, group, wanted) for variable in (CODE, LINE, PRODUCT))
            yield Difference(
                change,
                _chosen(self.codes, codes),
                _chosen(self.lines, lines),
                _chosen(self.products, products),
                self._nested(group),
            )

    def _that_can_be(self, variable: int, cubes: Sequence[Cube], wanted: int) -> frozenset[int] | None:
        """The regions with which one of the conditions can hold at all; None: all."""
        found = frozenset(
            region
            for region in range(self.diagrams.widths[variable])
            if any(
                region in cube.get(variable, (region,))
                and True
                in self.diagrams.ends(wanted, {**{at: sorted(allowed) for at, allowed in cube.items()}, variable: (region,)})
                for cube in cubes
            )
        )
        return None if len(found) == self.diagrams.widths[variable] else found

    def _nested(self, cubes: Sequence[Cube]) -> AllTogether[Condition]:
        told = [{at: regions for at, regions in cube.items() if at >= FIRST_TOLD} for cube in cubes]
        preferred = {
            FIRST_TOLD + at: len(one.pieces) - 1 if one.measure is not None or one.ordered else 0
            for at, one in enumerate(self.told)
        }
        count = counted(told, preferred, dict(enumerate(self.diagrams.widths)))
        if count is not None:
            common, parts = (self._conditions(part) for part in (count.common, dict(count.parts)))
            return AllTogether(common, some_of=SomeOf(count.at_least, count.at_most, parts))
        conditions = [frozenset(self._conditions(cube)) for cube in told]
        ordered = sorted(
            {one for cube in conditions for one in cube},
            key=lambda one: (self.told.index(one.variable), [one.variable.pieces.index(piece) for piece in one.pieces]),
        )
        return factored(conditions, {one: at for at, one in enumerate(ordered)})

    def _conditions(self, cube: Cube) -> tuple[Condition, ...]:
        """What a cube says of what is told, in the order of the facts."""
        told = [(self.told[at - FIRST_TOLD], cube[at]) for at in sorted(cube)]
        return tuple(Condition(one, tuple(one.pieces[region] for region in sorted(regions))) for one, regions in told)

    def _limits(self) -> Iterable[Limit]:
        if self.not_together:
            yield Limit("several-products", self.not_together)
        for fact in sorted(disagreeing_facts(self.definitions)):
            yield Limit("fact-redefined", (fact,))
        old, new = self.definitions
        for fact, definition in new.items():
            if fact in old and definition.type is old[fact].type:
                only = sorted(set(definition.scale) ^ set(old[fact].scale))
                if only:
                    yield Limit("choices-of-one-text", (fact, *only))


def _chosen(members: Sequence[_Member], regions: frozenset[int] | None) -> tuple[_Member, ...] | None:
    return None if regions is None else tuple(members[at] for at in sorted(regions))


# -- what there is to compare ---------------------------------------------------------------------------------------------


def _tests(text: ComparedText) -> Iterable[c.Test]:
    for version in text.sources:
        for provision in version.provisions:
            for tree in (provision.when, provision.criteria):
                yield from c.tests_in(tree)


def _code_sets(text: ComparedText, tests: Iterable[c.Test]) -> Iterable[CodeSet]:
    for version in text.sources:
        yield from (item.procedures for item in version.provisions if item.procedures is not None)
        yield from (rule.procedures for rule in version.authorization if rule.procedures is not None)
    for test in tests:
        if isinstance(test, c.ProcedureIn):
            yield test.codes


def _codes(text: ComparedText) -> Iterable[str]:
    yield from codes_in_history(text.policy)
    for version in text.sources:
        for listing in version.code_listings:
            for entry in listing.codes:
                yield entry.code


def _lines(text: ComparedText) -> tuple[str, ...]:
    version = text.parts[Part.STATEMENTS].version
    return tuple(line.id for line in text.issuer.lines_of_business) if version is None else version.lines_of_business


def _listed_products(text: ComparedText) -> dict[str, Product]:
    products = text.parts[Part.PRODUCTS]
    if products.version is None or not products.on_file:
        return {}
    return {
        product_key(name): product
        for listed in products.version.product_lists
        for product in listed.products
        for name in (product.name, *product.aliases)
    }


# -- ends of diagrams -----------------------------------------------------------------------------------------------------


def _change(before: Hashable, after: Hashable) -> Hashable:
    """What differs between two outcomes; None where nothing does."""
    assert isinstance(before, Outcome)
    assert isinstance(after, Outcome)
    said = (before.coverage, before.stance), (after.coverage, after.stance)
    authorization = tuple(
        None if one is other else (one, other) for one, other in zip(before.authorization, after.authorization, strict=True)
    )
    if said[0] == said[1] and not any(authorization):
        return None
    return DeterminationChange(None if said[0] == said[1] else said, authorization)


def _order_of(change: DeterminationChange) -> tuple[object, ...]:
    """Changes of coverage first, then of the stance, then of authorization alone; a fixed order within."""
    coverage = change.coverage
    return (
        coverage is None,
        coverage is not None and coverage[0][0] is coverage[1][0],
        str(change),
    )


def _and(one: Hashable, other: Hashable) -> Hashable:
    return bool(one and other)

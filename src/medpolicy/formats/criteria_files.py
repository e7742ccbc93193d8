"""Criteria as they stand in a policy file -> the model's trees, with every fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from medpolicy.errors import InvalidModel
from medpolicy.formats.policy_shapes import AgeShape, CitationShape, CriterionShape
from medpolicy.formats.yaml_tree import Path
from medpolicy.model import criteria as c
from medpolicy.model.citation import Citation
from medpolicy.model.codes import CodeSet, CodeSystem, is_prefix, parse_code_range
from medpolicy.model.facts import FactDefinition, FactType
from medpolicy.model.period import parse_duration
from medpolicy.model.policy import DiagnosisListing
from medpolicy.model.products import product_key
from medpolicy.model.quantity import UNITS, parse_quantity

Report = Callable[[str, Path, str], None]

_COMPARATORS = {
    "at_least": c.Comparator.AT_LEAST,
    "more_than": c.Comparator.MORE_THAN,
    "at_most": c.Comparator.AT_MOST,
    "less_than": c.Comparator.LESS_THAN,
    "equal_to": c.Comparator.EQUAL_TO,
}
_DATE_COMPARATORS = {
    "on_or_after": c.Comparator.AT_LEAST,
    "after": c.Comparator.MORE_THAN,
    "on_or_before": c.Comparator.AT_MOST,
    "before": c.Comparator.LESS_THAN,
}
_KINDS = (
    "all",
    "any",
    "not_",
    "at_least_n",
    "see",
    "fact",
    "age",
    "sex",
    "diagnosis",
    "diagnosis_listing",
    "procedure",
    "product",
    "service_state",
)
MOST_CRITERIA = 10_000  # of a definition with all that it refers to; definitions of definitions grow as powers of two
MOST_DEFINITIONS_DEEP = 50
_OF_FACTS = ("is_", "one_of", *_COMPARATORS, *_DATE_COMPARATORS)


class CriteriaReader:
    """Reads the criteria of one version file; faults go to `report`, and a faulty criterion becomes one of no children."""

    def __init__(
        self,
        *,
        facts: Mapping[str, FactDefinition],
        definitions: Mapping[str, CriterionShape],
        definition_paths: Mapping[str, Path],
        listings: Mapping[str, DiagnosisListing],
        cite: Callable[[CitationShape], Citation],
        report: Report,
        unreadable: frozenset[str] = frozenset(),
    ) -> None:
        self._facts = facts
        self._definitions = definitions
        self._definition_paths = definition_paths
        self._listings = listings
        self._cite = cite
        self._report = report
        self._unreadable = unreadable  # ids whose own entry was faulty: naming them is no further fault
        self._circular: set[str] = set()
        self._read: dict[str, tuple[c.Criterion, int]] = {}  # the definitions so far, and of how many criteria each consists
        self._count = 0

    def read(self, shape: CriterionShape, path: Path, within: tuple[str, ...] = ()) -> c.Criterion:
        """The criterion of a shape; `within` are the definitions that it is being read for."""
        self._count += 1
        kinds = [kind for kind in _KINDS if getattr(shape, kind) is not None]
        if len(kinds) != 1:
            what = ", ".join(kind.rstrip("_") for kind in kinds) or "nothing"
            self._report("criterion", path, f"a criterion says one thing; here it says {what}")
            return c.ALWAYS
        kind = kinds[0]
        if kind != "fact" and any(getattr(shape, key) is not None for key in _OF_FACTS):
            self._report("criterion", path, f"`{kind.rstrip('_')}` takes no comparison; comparisons belong to `fact`")
        citation = None if shape.citation is None else self._cite(shape.citation)
        try:
            return self._of_kind(kind, shape, path, within, citation)
        except InvalidModel as error:
            self._report("criterion", path, str(error))
            return c.ALWAYS

    def _of_kind(
        self, kind: str, shape: CriterionShape, path: Path, within: tuple[str, ...], citation: Citation | None
    ) -> c.Criterion:
        match kind:
            case "all":
                return c.AllOf(of=self._several(shape.all, (*path, "all"), within), citation=citation)
            case "any":
                return c.AnyOf(of=self._several(shape.any, (*path, "any"), within), citation=citation)
            case "not_":
                assert shape.not_ is not None
                return c.Not(of=self.read(shape.not_, (*path, "not"), within), citation=citation)
            case "at_least_n":
                assert shape.at_least_n is not None
                of = self._several(shape.at_least_n.of, (*path, "at_least_n", "of"), within)
                return c.AtLeast(count=shape.at_least_n.n, of=of, citation=citation)
            case "see":
                assert shape.see is not None
                return self._definition(shape.see, path, within)
            case "fact":
                return self._fact(shape, path, citation)
            case "age":
                assert shape.age is not None
                return self._age(shape.age, path, citation)
            case "sex":
                assert shape.sex is not None
                return c.SexIs(sex=shape.sex, citation=citation)
            case "diagnosis":
                return c.DiagnosisIn(codes=code_set(CodeSystem.ICD_10_CM, shape.diagnosis or []), citation=citation)
            case "diagnosis_listing":
                assert shape.diagnosis_listing is not None
                listing = self._listings.get(shape.diagnosis_listing)
                if listing is None:
                    if shape.diagnosis_listing not in self._unreadable:
                        self._report("undefined-listing", path, f"no diagnosis listing {shape.diagnosis_listing!r} here")
                    return c.ALWAYS
                return c.DiagnosisIn(codes=listing.codes, citation=citation or listing.citation)
            case "procedure":
                return c.ProcedureIn(codes=procedure_set(shape.procedure or []), citation=citation)
            case "product":
                return c.ProductIn(products=tuple(product_key(name) for name in shape.product or []), citation=citation)
            case _:
                return c.ServiceStateIn(states=tuple(shape.service_state or []), citation=citation)

    def _several(self, shapes: list[CriterionShape] | None, path: Path, within: tuple[str, ...]) -> tuple[c.Criterion, ...]:
        if not shapes:
            self._report("criterion", path, "a list of criteria needs at least one")
        return tuple(self.read(shape, (*path, index), within) for index, shape in enumerate(shapes or []))

    def _definition(self, name: str, path: Path, within: tuple[str, ...]) -> c.Criterion:
        if name in within:
            chain = " -> ".join((*within[within.index(name) :], name))
            if name not in self._circular:
                self._circular.add(name)
                self._report("circular-reference", path, f"the definition refers to itself: {chain}")
            return c.ALWAYS
        shape = self._definitions.get(name)
        if shape is None:
            if name not in self._unreadable:
                self._report("undefined-definition", path, f"no definition {name!r} in this file{like(name, self._definitions)}")
            return c.ALWAYS
        if len(within) > MOST_DEFINITIONS_DEEP:
            self._report("too-large", path, f"definitions refer to others more than {MOST_DEFINITIONS_DEEP} deep")
            return c.ALWAYS
        if name not in self._read:
            before, self._count = self._count, 0
            found = self.read(shape, self._definition_paths[name], (*within, name))
            self._read[name] = found, self._count
            self._count = before
        found, count = self._read[name]
        if count > MOST_CRITERIA:
            self._report("too-large", path, f"with what it refers to, {name!r} has more than {MOST_CRITERIA:,} criteria")
            return c.ALWAYS
        self._count += count
        return found

    def _fact(self, shape: CriterionShape, path: Path, citation: Citation | None) -> c.Criterion:
        assert shape.fact is not None
        fact = self._facts.get(shape.fact)
        if fact is None:
            if shape.fact not in self._unreadable:
                self._report(
                    "undefined-fact", (*path, "fact"), f"no fact {shape.fact!r} in this file{like(shape.fact, self._facts)}"
                )
            return c.ALWAYS
        tests = [
            self._test(fact, key, getattr(shape, key), path, citation) for key in _OF_FACTS if getattr(shape, key) is not None
        ]
        if not tests:
            if fact.type is not FactType.BOOLEAN:
                raise InvalidModel(f"the fact {fact.id!r} is a {fact.type.value}; say how it must compare")
            return c.FactIs(fact=fact.id, value=True, citation=citation)
        return tests[0] if len(tests) == 1 else c.AllOf(of=tuple(tests), citation=citation)

    def _test(self, fact: FactDefinition, key: str, value: object, path: Path, citation: Citation | None) -> c.Criterion:
        words = key.rstrip("_")
        if key == "is_" and fact.type is FactType.BOOLEAN:
            if not isinstance(value, bool):
                raise InvalidModel(f"the fact {fact.id!r} is true or false, not {value!r}")
            return c.FactIs(fact=fact.id, value=value, citation=citation)
        if key in ("is_", "one_of") and fact.type is FactType.CHOICE:
            chosen = tuple(str(item) for item in value) if isinstance(value, list) else (str(value),)
            for item in chosen:
                if item not in fact.scale:
                    raise InvalidModel(f"{item!r} is no choice of {fact.id!r}{like(item, fact.scale)}")
            return c.FactOneOf(fact=fact.id, values=chosen, citation=citation)
        if key in _COMPARATORS:
            comparator, text = _COMPARATORS[key], str(value)
            if fact.type is FactType.CHOICE and fact.ordered:
                return c.ScaleCompares(fact=fact.id, comparator=comparator, value=text, scale=fact.scale, citation=citation)
            if fact.type is FactType.NUMBER:
                return self._number(fact, comparator, text, path, citation)
            if fact.type in (FactType.DURATION, FactType.DATE):
                return c.ElapsedCompares(fact=fact.id, comparator=comparator, threshold=parse_duration(text), citation=citation)
        if key in _DATE_COMPARATORS and fact.type is FactType.DATE:
            return c.DateCompares(fact=fact.id, comparator=_DATE_COMPARATORS[key], day=parse_day(str(value)), citation=citation)
        raise InvalidModel(f"`{words}` does not fit the fact {fact.id!r}, which is a {fact.type.value}")

    def _number(
        self, fact: FactDefinition, comparator: c.Comparator, text: str, path: Path, citation: Citation | None
    ) -> c.Criterion:
        threshold = parse_quantity(text)
        assert fact.unit is not None
        expected = UNITS[fact.unit][0]
        if threshold.dimension != expected:
            self._report(
                "unit", path, f"{text!r} is a {threshold.dimension}, but {fact.id!r} is asked in {fact.unit}, a {expected}"
            )
        return c.QuantityCompares(fact=fact.id, comparator=comparator, threshold=threshold, citation=citation)

    def _age(self, shape: AgeShape, path: Path, citation: Citation | None) -> c.Criterion:
        tests = [
            c.AgeCompares(comparator=comparator, years=getattr(shape, key), citation=citation)
            for key, comparator in _COMPARATORS.items()
            if getattr(shape, key) is not None
        ]
        if not tests:
            self._report("criterion", (*path, "age"), "say how the age must compare, such as `at_least: 18`")
        return tests[0] if len(tests) == 1 else c.AllOf(of=tuple(tests), citation=citation)


def parse_day(text: str) -> date:
    """Read YYYY-MM-DD; `InvalidModel` otherwise."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else date(0, 0, 0)
    except ValueError as error:
        raise InvalidModel(f"{text!r} is no day; write YYYY-MM-DD") from error


def code_set(system: CodeSystem, texts: list[str]) -> CodeSet:
    """A set of codes of one system; `InvalidModel` where one is malformed."""
    return CodeSet(tuple(parse_code_range(system, text) for text in texts))


def procedure_set(texts: list[str]) -> CodeSet:
    """A set of procedure codes, each of the system that its form shows."""
    return CodeSet(tuple(parse_code_range(system_of(text), text) for text in texts))


def system_of(text: str) -> CodeSystem:
    """The system of a procedure code, range or prefix, by its form; a prefix of two systems is CPT's or HCPCS's."""
    first = text.strip().upper().partition("-")[0].rstrip("*")
    system = CodeSystem.HCPCS if first[:1].isalpha() else CodeSystem.CPT
    is_other = len(first) == 7 or ("*" in text and not is_prefix(system, first))
    return CodeSystem.ICD_10_PCS if is_other and is_prefix(CodeSystem.ICD_10_PCS, first) else system


def like(name: str, known: object) -> str:
    """A suggestion for a name that is not known, or nothing."""
    import difflib  # only where something is misspelled; it is slow to import

    found = difflib.get_close_matches(name, list(known), n=1)  # type: ignore[call-overload]  # any collection of names
    return f"; did you mean {found[0]!r}?" if found else ""

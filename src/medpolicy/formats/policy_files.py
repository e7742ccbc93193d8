"""Policy files -> the model, with every fault of a file at once, each with line and column.

Reading goes in three steps: YAML with places (`yaml_tree`), the form (`policy_shapes`), the meaning (here and in
`criteria_files`). An entry whose form is faulty is set aside, and the rest is still checked.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from medpolicy.errors import Fault, InvalidModel
from medpolicy.formats import policy_shapes as shapes
from medpolicy.formats.criteria_files import CriteriaReader, like, parse_day, procedure_set, system_of
from medpolicy.formats.policy_form import Form, read_form
from medpolicy.formats.policy_places import marks_in
from medpolicy.formats.yaml_tree import Path, YamlTree, read_yaml
from medpolicy.model import criteria as c
from medpolicy.model.citation import Citation, Rendition
from medpolicy.model.codes import CodeSet, CodeSystem, is_well_formed, parse_code_range
from medpolicy.model.facts import Choice, FactDefinition, FactType, FactValue
from medpolicy.model.issuer import (
    ClaimAdjustment,
    Coverage,
    Issuer,
    LineOfBusiness,
    ListingRole,
    Program,
    Setting,
    Stance,
)
from medpolicy.model.period import PartialDate, parse_duration, parse_partial_date
from medpolicy.model.policy import (
    Authority,
    AuthorizationRequirement,
    AuthorizationRule,
    CodeListing,
    Delegation,
    DiagnosisListing,
    HistoryEvent,
    Identifier,
    ListedCode,
    MedicalPolicy,
    Part,
    Passage,
    PolicyVersion,
    Product,
    ProductList,
    Provision,
    Reference,
    RelatedPolicy,
    ReviewMark,
    SourceConflict,
    SupplementRow,
    SupplementTable,
)
from medpolicy.model.products import product_key
from medpolicy.model.quantity import UNITS, parse_quantity


@dataclass(slots=True)
class PolicySources:
    """The files of one policy: `policy.yaml` and its versions, as (name to report, bytes)."""

    policy: tuple[str, bytes]
    versions: list[tuple[str, bytes]] = field(default_factory=list)


def read_issuer(data: bytes, file: str) -> tuple[Issuer | None, list[Fault]]:
    """The issuer of an `issuer.yaml`; None where it has faults."""
    tree = read_yaml(data, file)
    form = read_form(shapes.IssuerFile, tree)
    if form is None or tree.faults:
        return None, tree.faults
    shape = form.shape
    coverage = {Stance(name): Coverage(value) for name, value in shape.coverage_by_stance.model_dump(by_alias=True).items()}
    lines = [LineOfBusiness(id=line.id, name=line.name, program=Program(line.program)) for line in shape.lines_of_business]
    for index, line in enumerate(lines):
        if line.id in {earlier.id for earlier in lines[:index]}:
            tree.fault("doubled", ("lines_of_business", index, "id"), f"the line of business {line.id!r} stands twice")
    for index, entry in enumerate(shape.claim_adjustments):
        if (entry.stance is None) == (entry.authorization is None):
            tree.fault("claim-adjustment", ("claim_adjustments", index), "name a stance or `authorization: absent`, one of them")
        for at, name in enumerate(entry.lines_of_business):
            if name not in {line.id for line in lines}:
                path = ("claim_adjustments", index, "lines_of_business", at)
                tree.fault("undeclared-line", path, f"{name!r} is no line of business of this issuer")
    if tree.faults:
        return None, tree.faults
    adjustments = [
        ClaimAdjustment(
            stance=None if entry.stance is None else Stance(entry.stance),
            carc=entry.carc,
            rarc=entry.rarc,
            lines_of_business=tuple(entry.lines_of_business),
        )
        for entry in shape.claim_adjustments
    ]
    issuer = Issuer(
        id=shape.id,
        name=shape.name,
        lines_of_business=tuple(lines),
        coverage_by_stance=coverage,
        code_listings=ListingRole(shape.code_listings),
        claim_adjustments=tuple(adjustments),
        inpatient_places_of_service=tuple(shape.inpatient.places_of_service),
        inpatient_types_of_bill=tuple(shape.inpatient.types_of_bill),
        guidelines=tuple(guideline.name for guideline in shape.guidelines),
    )
    return issuer, []


def read_policy(sources: PolicySources, issuer: Issuer) -> tuple[MedicalPolicy | None, list[Fault]]:
    """The policy of these files; None where any has faults."""
    file, data = sources.policy
    tree = read_yaml(data, file)
    form = read_form(shapes.PolicyFile, tree)
    events = _history(form, tree) if form is not None else ()
    if form is not None and isinstance(tree.value, dict) and not tree.value.get("history"):
        tree.fault("missing-key", (), "the key 'history' is missing, or it has no event")
    versions: list[tuple[PolicyVersion, str]] = []
    faults = tree.faults
    whole = form is not None and form.is_whole("history", tree) and len(events) == len(form.shape.history)
    known_events = {event.in_force for event in events} if whole else None
    began: list[tuple[datetime.date, str, str]] = []
    marks: list[ReviewMark] = []
    for version_file, version_data in sources.versions:
        reader = _VersionReader(issuer, version_file, version_data)
        version, version_faults = reader.read(known_events)
        faults += version_faults
        if reader.effective is not None:
            began.append((reader.effective.first_day, str(reader.effective), version_file))
        if version is not None:
            versions.append((version, version_file))
            marks += [
                ReviewMark(place=place, reason=reason, version=version.version, citation=citation)
                for place, reason, citation in marks_in(reader.tree.value, version.rendition.sha256)
            ]
    versions.sort(key=lambda pair: pair[0].effective.first_day)
    for earlier, later in itertools.pairwise(sorted(began)):
        if earlier[0] == later[0]:
            message = f"the periods overlap: {earlier[1]} in {earlier[2]} begins on the same day, {later[0]}"
            faults.append(Fault(code="overlapping-periods", file=later[2], line=1, column=1, path="version", message=message))
    if form is None:
        return None, faults
    shape = form.shape
    if shape.issuer != issuer.id:
        tree.fault("issuer", ("issuer",), f"the file lies below {issuer.id!r} but says {shape.issuer!r}")
    months = _review_months(shape, tree)
    cite = _citer(tree, shape.rendition)
    identifiers = [
        Identifier(system=item.system, value=item.value, citation=cite(item.citation, path))
        for path, item in form.entries("identifiers", shape.identifiers)
    ]
    related = [
        RelatedPolicy(number=item.number, title=item.title, citation=cite(item.citation, path))
        for path, item in form.entries("related", shape.related)
    ]
    if faults:
        return None, faults
    own_marks = [
        ReviewMark(place=place, reason=reason, citation=citation)
        for place, reason, citation in marks_in(tree.value, shape.rendition.sha256)
    ]
    policy = MedicalPolicy(
        issuer=shape.issuer,
        number=shape.number,
        title=shape.title,
        rendition=_rendition(shape.rendition),
        history=events,
        versions=tuple(version for version, _ in versions),
        authority=Authority(shape.authority),
        identifiers=tuple(identifiers),
        related=tuple(related),
        review_months=months,
        jurisdiction=tuple(shape.jurisdiction),
        fully_established=shape.fully_established,
        review_marks=(*own_marks, *marks),
    )
    return policy, []


def _review_months(shape: shapes.PolicyFile, tree: YamlTree) -> int | None:
    if shape.review_interval is None:
        return None
    try:
        interval = parse_duration(shape.review_interval)
        if interval.unit.is_calendar and interval.count.denominator == 1 and interval.count > 0:
            return int(interval.count)
    except InvalidModel:
        pass
    tree.fault("review-interval", ("review_interval",), "write whole months or years, such as '12 months'")
    return None


def _history(form: Form[shapes.PolicyFile], tree: YamlTree) -> tuple[HistoryEvent, ...]:
    cite = _citer(tree, form.shape.rendition)
    events = []
    for path, item in form.entries("history", form.shape.history):
        touches = _parts(item.touches, (*path, "touches"), tree)
        unchanged = _parts(item.unchanged, (*path, "unchanged"), tree)
        for key in ("codes_added", "codes_removed"):
            for index, code in enumerate(getattr(item, key)):
                if not is_well_formed(system_of(code), code):
                    tree.fault("malformed-code", (*path, key, index), f"{code!r} has not the form of a procedure code")
        try:
            events.append(
                HistoryEvent(
                    date=parse_partial_date(item.date),
                    effective=None if item.effective is None else parse_partial_date(item.effective),
                    review=item.review,
                    touches=touches,
                    unchanged=unchanged,
                    codes_added=tuple(item.codes_added),
                    codes_removed=tuple(item.codes_removed),
                    text=item.text,
                    citation=cite(item.citation, path),
                )
            )
        except InvalidModel as error:
            tree.fault("history", path, str(error))
    return tuple(sorted(events, key=lambda event: event.in_force))


def _parts(names: Sequence[str], path: Path, tree: YamlTree) -> frozenset[Part]:
    found = set()
    for at, name in enumerate(names):
        try:
            found.add(Part(name))
        except ValueError:
            known = [part.value for part in Part]
            message = f"{name!r} is no part of a policy{like(name, known)}; parts are {', '.join(known)}"
            tree.fault("unknown-part", (*path, at), message)
    return frozenset(found)


def _rendition(shape: shapes.RenditionShape) -> Rendition:
    return Rendition(sha256=shape.sha256, media_type=shape.media_type, lines=shape.lines)


def _citer(tree: YamlTree, rendition: shapes.RenditionShape) -> Callable[[shapes.CitationShape, Path], Citation]:
    def cite(shape: shapes.CitationShape, path: Path) -> Citation:
        first, last = shape.lines
        if not 1 <= first <= last <= rendition.lines:
            message = f"lines [{first}, {last}] are no lines of a document of {rendition.lines}"
            tree.fault("citation", (*path, "citation", "lines"), message)
            first, last = 1, 1
        return Citation(section=shape.section, first_line=first, last_line=last, sha256=shape.sha256, rendition=rendition.sha256)

    return cite


# -- a version ----------------------------------------------------------------------------------------------------

_FACT_VALUES = "true or false, a choice, '3 mm', '3 months' or YYYY-MM-DD, as the fact's type asks"


class _VersionReader:
    """Reads one version file."""

    def __init__(self, issuer: Issuer, file: str, data: bytes) -> None:
        self.issuer = issuer
        self.tree = read_yaml(data, file)
        self.facts: dict[str, FactDefinition] = {}
        self.effective: PartialDate | None = None

    def read(self, events: set[datetime.date] | None) -> tuple[PolicyVersion | None, list[Fault]]:
        """The version; None where it has faults. `events`: the days on which the history has one, None if unknown."""
        tree = self.tree
        form = read_form(shapes.PolicyVersionFile, tree)
        if form is None:
            return None, tree.faults
        self.form = form
        self.shape = shape = form.shape
        self._cite = _citer(tree, shape.rendition)
        effective = self.effective = self._effective(events)
        lines = self._lines(shape.lines_of_business, ("lines_of_business",))
        self.facts = self._facts()
        self.listings = self._diagnosis_listings()
        self.criteria = CriteriaReader(
            facts=self.facts,
            definitions={item.id: item.criteria for item in shape.definitions},
            definition_paths={item.id: (*path, "criteria") for path, item in form.entries("definitions", shape.definitions)},
            listings=self.listings,
            cite=lambda citation: self._cite(citation, ()),
            report=self._report,
            unreadable=form.aside,
        )
        for path, item in form.entries("definitions", shape.definitions):
            self.criteria.read(item.criteria, (*path, "criteria"), (item.id,))
        provisions = self._provisions(lines)
        product_lists = self._product_lists(provisions)
        code_listings = self._code_listings(lines, provisions)
        authorization = self._authorization(lines)
        supplement = self._supplement()
        conflicts = self._source_conflicts(product_lists)
        evidence = self._passages("evidence", shape.evidence)
        limitations = self._passages("limitations", shape.limitations)
        references = self._references()
        own = self._cite(shape.lines_of_business_citation, ("lines_of_business_citation",))
        if tree.faults or effective is None:
            return None, tree.faults
        version = PolicyVersion(
            version=shape.version,
            effective=effective,
            rendition=_rendition(shape.rendition),
            lines_of_business=lines,
            lines_of_business_citation=own,
            facts=tuple(self.facts.values()),
            provisions=provisions,
            product_lists=product_lists,
            code_listings=code_listings,
            diagnosis_listings=tuple(self.listings.values()),
            authorization=authorization,
            supplement=supplement,
            source_conflicts=conflicts,
            evidence=evidence,
            limitations=limitations,
            references=references,
        )
        return version, []

    def _report(self, code: str, path: Path, message: str) -> None:
        fault = (code, path, message)
        if fault not in self._reported:
            self._reported.add(fault)
            self.tree.fault(code, path, message)

    _reported: set[tuple[str, Path, str]]

    def _effective(self, events: set[datetime.date] | None) -> PartialDate | None:
        self._reported = set()
        try:
            effective = parse_partial_date(self.shape.version)
        except InvalidModel as error:
            self._report("version", ("version",), str(error))
            return None
        if events is not None and effective.first_day not in events:
            message = f"no event of policy.yaml's history begins on {effective.first_day}; a version needs its event"
            self._report("version-without-history", ("version",), message)
        return effective

    def _lines(self, names: Sequence[str] | None, path: Path, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Lines of business, each declared by the issuer and, where a default is given, named by the version."""
        if names is None:
            return default
        declared = [line.id for line in self.issuer.lines_of_business]
        for at, name in enumerate(names):
            if name not in declared:
                message = f"{name!r} is no line of business of {self.issuer.id}{like(name, declared)}"
                self._report("undeclared-line", (*path, at), message)
            elif default and name not in default:
                self._report("undeclared-line", (*path, at), f"{name!r} is no line that this version names as its own")
        return tuple(names)

    def _unique(self, key: str, items: Sequence[shapes.Shape], name: str = "id") -> None:
        seen: set[str] = set()
        for path, item in self.form.entries(key, items):
            value = str(getattr(item, name))
            if value in seen:
                self._report("doubled", (*path, name), f"{value!r} stands twice in {key}")
            seen.add(value)

    def _facts(self) -> dict[str, FactDefinition]:
        self._unique("facts", self.shape.facts)
        found: dict[str, FactDefinition] = {}
        for path, item in self.form.entries("facts", self.shape.facts):
            try:
                found[item.id] = FactDefinition(
                    id=item.id,
                    type=FactType(item.type),
                    ask=item.ask,
                    citation=self._cite(item.citation, path),
                    unit=item.unit,
                    choices=tuple(Choice(value=choice.value, meaning=choice.meaning) for choice in item.choices or ()),
                    ordered=item.ordered,
                )
            except InvalidModel as error:
                code = "unit" if "unit" in str(error) else "fact"
                self._report(code, path, str(error))
        return found

    def _diagnosis_listings(self) -> dict[str, DiagnosisListing]:
        self._unique("diagnosis_listings", self.shape.diagnosis_listings)
        found: dict[str, DiagnosisListing] = {}
        for path, item in self.form.entries("diagnosis_listings", self.shape.diagnosis_listings):
            ranges = []
            for at, text in enumerate(item.codes):
                try:
                    ranges.append(parse_code_range(CodeSystem.ICD_10_CM, text))
                except InvalidModel as error:
                    self._report("malformed-code", (*path, "codes", at), str(error))
            if ranges:
                citation = self._cite(item.citation, path)
                found[item.id] = DiagnosisListing(id=item.id, text=item.text, codes=CodeSet(tuple(ranges)), citation=citation)
        return found

    def _procedures(self, texts: Sequence[str] | None, path: Path) -> CodeSet | None:
        if texts is None:
            return None
        try:
            return procedure_set(list(texts))
        except InvalidModel as error:
            self._report("malformed-code", (*path, "procedures"), str(error))
            return None

    def _provisions(self, lines: tuple[str, ...]) -> tuple[Provision, ...]:
        self._unique("provisions", self.shape.provisions)
        found = []
        for path, item in self.form.entries("provisions", self.shape.provisions):
            parts = _parts([item.part], path, self.tree)
            try:
                found.append(
                    Provision(
                        id=item.id,
                        text=item.text,
                        stance=Stance(item.stance),
                        citation=self._cite(item.citation, path),
                        lines_of_business=self._lines(item.lines_of_business, (*path, "lines_of_business"), lines),
                        when=self._criterion(item.when, (*path, "when")),
                        criteria=self._criterion(item.criteria, (*path, "criteria")),
                        otherwise=None if item.otherwise is None else Stance(item.otherwise),
                        otherwise_text=item.otherwise_text,
                        otherwise_citation=None
                        if item.otherwise_citation is None
                        else self._cite(item.otherwise_citation, (*path, "otherwise_citation")),
                        procedures=self._procedures(item.procedures, path),
                        delegated_to=tuple(
                            Delegation(kind=to.kind, title=to.title, identifier=to.identifier) for to in item.delegated_to or ()
                        ),
                        part=next(iter(parts), Part.STATEMENTS),
                    )
                )
            except InvalidModel as error:
                self._report("provision", path, str(error))
        return tuple(found)

    def _criterion(self, shape: shapes.CriterionShape | None, path: Path) -> c.Criterion:
        return c.ALWAYS if shape is None else self.criteria.read(shape, path)

    def _implied(self, values: Mapping[str, object], path: Path) -> dict[str, FactValue]:
        found: dict[str, FactValue] = {}
        for name, value in values.items():
            fact = self.facts.get(name)
            if fact is None:
                if name not in self.form.aside:
                    self._report("undefined-fact", (*path, name), f"no fact {name!r} in this file{like(name, self.facts)}")
                continue
            try:
                found[name] = _fact_value(fact, value)
            except InvalidModel as error:
                self._report("fact-value", (*path, name), f"{error}; a value is {_FACT_VALUES}")
        return found

    def _product_lists(self, provisions: tuple[Provision, ...]) -> tuple[ProductList, ...]:
        self._unique("product_lists", self.shape.product_lists)
        known = {provision.id for provision in provisions}
        keys: dict[str, str] = {}
        found = []
        for path, item in self.form.entries("product_lists", self.shape.product_lists):
            if item.provision not in known | self.form.aside:
                message = f"no provision {item.provision!r} in this file{like(item.provision, known)}"
                self._report("undefined-provision", (*path, "provision"), message)
            implied = self._implied(item.implies, (*path, "implies"))
            products = []
            for at, product in enumerate(item.products):
                where: Path = (*path, "products", at)
                self._product_names(product, where, keys)
                own = {} if product.implies is None else self._implied(product.implies, (*where, "implies"))
                products.append(
                    Product(
                        name=product.name,
                        manufacturer=product.manufacturer,
                        citation=self._cite(product.citation, where),
                        aliases=tuple(product.aliases),
                        implies={**implied, **own},
                    )
                )
            citation = self._cite(item.citation, path)
            found.append(ProductList(id=item.id, provision=item.provision, citation=citation, products=tuple(products)))
        return tuple(found)

    def _product_names(self, product: shapes.ProductShape, path: Path, keys: dict[str, str]) -> None:
        key = product_key(product.name)
        if key in keys:
            self._report("doubled", (*path, "name"), f"the product {product.name!r} stands twice: it is also {keys[key]!r}")
        keys[key] = product.name
        for at, alias in enumerate(product.aliases):
            if product_key(alias) != key:
                message = f"the alias {alias!r} differs from {product.name!r} by more than trademark signs, case and spaces"
                self._report("alias", (*path, "aliases", at), message)

    def _code_listings(self, lines: tuple[str, ...], provisions: tuple[Provision, ...]) -> tuple[CodeListing, ...]:
        self._unique("code_listings", self.shape.code_listings)
        known = {provision.id for provision in provisions}
        listed: dict[tuple[str, str], tuple[object, ...]] = {}
        found = []
        for path, item in self.form.entries("code_listings", self.shape.code_listings):
            for at, name in enumerate(item.provisions):
                if name not in known | self.form.aside:
                    message = f"no provision {name!r} in this file{like(name, known)}"
                    self._report("undefined-provision", (*path, "provisions", at), message)
            implied = self._implied(item.implies, (*path, "implies"))
            role = ListingRole(item.decides) if item.decides else self.issuer.code_listings
            own_lines = self._lines(item.lines_of_business, (*path, "lines_of_business"), lines)
            system = CodeSystem(item.system)
            codes = []
            for at, entry in enumerate(item.codes):
                where: Path = (*path, "codes", at)
                if not is_well_formed(system, entry.code):
                    self._report("malformed-code", (*where, "code"), f"{entry.code!r} has not the form of a {item.system} code")
                own = {} if entry.implies is None else self._implied(entry.implies, (*where, "implies"))
                implies = {**implied, **own}
                meaning = (role, item.stance, tuple(item.provisions), tuple(sorted(implies.items(), key=lambda pair: pair[0])))
                for line in own_lines:
                    earlier = listed.setdefault((entry.code, line), (item.id, *meaning))
                    if earlier[1:] != meaning:
                        message = f"{entry.code} is listed twice for {line}, differently: in {earlier[0]!r} and in {item.id!r}"
                        self._report("listings-disagree", (*where, "code"), message)
                        break
                codes.append(ListedCode(code=entry.code, citation=self._cite(entry.citation, where), implies=implies))
            try:
                found.append(
                    CodeListing(
                        id=item.id,
                        system=system,
                        role=role,
                        text=item.text,
                        citation=self._cite(item.citation, path),
                        codes=tuple(codes),
                        lines_of_business=own_lines,
                        stance=None if item.stance is None else Stance(item.stance),
                        provisions=tuple(item.provisions),
                    )
                )
            except InvalidModel as error:
                self._report("code-listing", path, str(error))
        return tuple(found)

    def _authorization(self, lines: tuple[str, ...]) -> tuple[AuthorizationRule, ...]:
        said: dict[tuple[str, str], list[tuple[str, CodeSet | None]]] = {}
        found = []
        for path, item in self.form.entries("authorization", self.shape.authorization):
            own_lines = self._lines(item.lines_of_business, (*path, "lines_of_business"), lines)
            procedures = self._procedures(item.procedures, path)
            for line in own_lines:
                for rule, codes in said.setdefault((item.setting, line), []):
                    both_general = codes is None and procedures is None
                    if rule != item.rule and (both_general or (codes and procedures and codes.overlaps(procedures))):
                        message = f"two rules for {item.setting} and {line} disagree: {rule} and {item.rule}"
                        self._report("rules-disagree", path, message)
                said[item.setting, line].append((item.rule, procedures))
            found.append(
                AuthorizationRule(
                    setting=Setting(item.setting),
                    lines_of_business=own_lines,
                    requirement=AuthorizationRequirement(item.rule),
                    text=item.text,
                    citation=self._cite(item.citation, path),
                    procedures=procedures,
                )
            )
        return tuple(found)

    def _supplement(self) -> tuple[SupplementTable, ...]:
        found = []
        for path, item in self.form.entries("supplement", self.shape.supplement):
            rows = tuple(
                SupplementRow(
                    product=row.product,
                    matrix_type=row.matrix_type,
                    manufacturer=row.manufacturer,
                    citation=self._cite(row.citation, (*path, "rows", at)),
                )
                for at, row in enumerate(item.rows)
            )
            citation = self._cite(item.citation, path)
            found.append(SupplementTable(id=item.id, title=item.title, text=item.text, citation=citation, rows=rows))
        return tuple(found)

    def _source_conflicts(self, lists: tuple[ProductList, ...]) -> tuple[SourceConflict, ...]:
        known = {product_key(product.name) for products_of in lists for product in products_of.products}
        found = []
        for path, item in self.form.entries("source_conflicts", self.shape.source_conflicts):
            if product_key(item.product) not in known and item.product not in self.form.aside:
                self._report("undefined-product", (*path, "product"), f"no product list of this file has {item.product!r}")
            parts = _parts([item.part], path, self.tree)
            citations = tuple(self._cite(citation, (*path, "citations", at)) for at, citation in enumerate(item.citations))
            part = next(iter(parts), Part.SUPPLEMENT)
            found.append(SourceConflict(id=item.id, product=item.product, part=part, text=item.text, citations=citations))
        return tuple(found)

    def _passages(self, key: str, items: Sequence[shapes.PassageShape]) -> tuple[Passage, ...]:
        return tuple(
            Passage(id=item.id, text=item.text, citation=self._cite(item.citation, path))
            for path, item in self.form.entries(key, items)
        )

    def _references(self) -> tuple[Reference, ...]:
        self._unique("references", self.shape.references, "number")
        found = []
        for path, item in self.form.entries("references", self.shape.references):
            values = item.model_dump(exclude={"citation", "authors", "review"})
            citation = self._cite(item.citation, path)
            found.append(Reference(**values, authors=tuple(item.authors), citation=citation))
        return tuple(found)


def _fact_value(fact: FactDefinition, value: object) -> FactValue:
    """A value in a policy file, read by the fact's type; `InvalidModel` where it does not fit."""
    if fact.type is FactType.BOOLEAN:
        if isinstance(value, bool):
            return value
        raise InvalidModel(f"{fact.id!r} is true or false, not {value!r}")
    if not isinstance(value, str):
        raise InvalidModel(f"{fact.id!r} is a {fact.type.value}, not {value!r}")
    if fact.type is FactType.CHOICE:
        if value not in fact.scale:
            raise InvalidModel(f"{value!r} is no choice of {fact.id!r}{like(value, fact.scale)}")
        return str(value)
    if fact.type is FactType.NUMBER:
        quantity = parse_quantity(value)
        if fact.unit is None or quantity.dimension != UNITS[fact.unit][0]:
            raise InvalidModel(f"{value!r} is a {quantity.dimension}; {fact.id!r} is asked in {fact.unit}")
        return quantity
    if fact.type is FactType.DURATION:
        return parse_duration(value)
    return parse_day(value)

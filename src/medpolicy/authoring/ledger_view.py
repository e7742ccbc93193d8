"""What the ledger's page shows of a draft: its items with their texts, review marks and cited lines, under the draft's paths.

An item is what a person would point at: a statement, one criterion of its tree, a fact, a product, a code. Its path is the one
that review marks and confirmations name, such as `provisions[some-id].criteria.all[0]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from medpolicy.authoring.extraction.context import Ids, slug

# The parts of a draft in the order in which an author reads them: key, file, name, and the name of one item.
_PARTS: Final = (
    ("provisions", "version", "Statements", "statement"),
    ("definitions", "version", "Definitions", "definition"),
    ("facts", "version", "Facts", "fact"),
    ("product_lists", "version", "Products", "product list"),
    ("code_listings", "version", "Codes", "code listing"),
    ("diagnosis_listings", "version", "Diagnoses", "diagnosis listing"),
    ("authorization", "version", "Prior authorization", "authorization"),
    ("limitations", "version", "Limitations", "limitation"),
    ("supplement", "version", "Supplement", "supplement"),
    ("source_conflicts", "version", "Where the document contradicts itself", "contradiction"),
    ("evidence", "version", "Evidence", "evidence"),
    ("related", "policy", "Related policies", "related policy"),
    ("history", "policy", "History", "history"),
    ("references", "version", "References", "reference"),
)
# Fields that are values of a file as a whole, by the item that shows them.
_FIELDS: Final = {
    **dict.fromkeys(("title", "number", "issuer", "authority", "jurisdiction", "review_interval", "fully_established"), "policy"),
    "lines_of_business": "version",
}
_CITATIONS: Final = ("citation", "otherwise_citation", "lines_of_business_citation")
_COMPARISONS: Final = {
    "at_least": "at least",
    "more_than": "more than",
    "at_most": "at most",
    "less_than": "less than",
    "equal_to": "equal to",
    "on_or_after": "on or after",
    "after": "after",
    "on_or_before": "on or before",
    "before": "before",
}
# Keys of an item that are shown in a place of their own, so not again among its details.
_SHOWN_APART: Final = frozenset(
    (*_CITATIONS, "citations", "id", "text", "review", "review_marks", "stance", "criteria", "when", "products", "codes", "rows")
)
_NOWHERE: Final = 2**31
_IN_TITLE_OF_RULE: Final = frozenset(("setting", "lines_of_business", "rule"))


@dataclass(frozen=True, slots=True)
class Cited:
    """The first and last line of a citation, and the section that it names."""

    first: int
    last: int
    section: str

    @property
    def label(self) -> str:
        return f"line {self.first}" if self.first == self.last else f"lines {self.first}–{self.last}"


@dataclass(slots=True)
class Detail:
    """A named value of an item. `refers`: the path of the item that the value names, where it names one."""

    label: str
    text: str
    refers: str = ""


@dataclass(slots=True)
class Item:
    """One thing of the draft. `kind`: what it is, in a word. `badge`: a word that stands out, such as the stance.

    `trees`: its criteria, each with what it is for. `children` are indented under it.
    """

    path: str
    kind: str
    title: str
    text: str = ""
    badge: str = ""
    refers: str = ""
    details: list[Detail] = field(default_factory=list)
    cited: list[Cited] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    children: list[Item] = field(default_factory=list)
    trees: list[tuple[str, Item]] = field(default_factory=list)
    anchor: str = ""
    parent: Item | None = None

    def breadth_at(self, line: int) -> int:
        """How many lines its narrowest citation of the line has; more than any document where it cites it in none."""
        return min((cited.last - cited.first for cited in self.cited if cited.first <= line <= cited.last), default=_NOWHERE)

    def all(self) -> Iterator[Item]:
        """This item and everything below it."""
        yield self
        for child in (*(tree for _, tree in self.trees), *self.children):
            yield from child.all()


@dataclass(slots=True)
class GridRow:
    """A line of business in the authorization grid, with the rules that speak of it, inpatient and outpatient."""

    line_of_business: str
    inpatient: list[Item] = field(default_factory=list)
    outpatient: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class Part:
    """A part of the draft: its key in the file, its name for people, its items."""

    key: str
    name: str
    items: list[Item]
    grid: list[GridRow] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"part-{self.key.replace('_', '-')}"


class DraftView:
    """The items of a draft, each with an anchor that is its own, and found by path."""

    def __init__(self, policy: Mapping[str, Any], version: Mapping[str, Any]) -> None:
        self._asks = {fact["id"]: fact["ask"] for fact in version.get("facts", [])}
        self.parts = [part for part in self._parts(policy, version) if part.items]
        self._by_path: dict[str, list[Item]] = {}
        self._first_citing: dict[str, dict[int, Item]] = {}
        anchors = Ids(joiner="--")
        for item in self.items():
            item.anchor = anchors.give("m-" + re.sub(r"[^A-Za-z0-9]+", "-", item.path).strip("-"))
            self._by_path.setdefault(_key(item.path), []).append(item)
            for child in (*item.children, *(tree for _, tree in item.trees)):
                child.parent = item

    def items(self) -> Iterator[Item]:
        """Every item, in the order of the page."""
        for part in self.parts:
            for item in part.items:
                yield from item.all()

    def item_at(self, path: str, line: int | None = None) -> Item | None:
        """The item of a path, or the nearest above it; of several with one path, the one that cites the line."""
        path = _FIELDS.get(path, path)
        while path:
            key = _key(path)
            found = self._by_path.get(key)
            if found:
                return found[0] if line is None or len(found) == 1 else self._citing(key, found).get(line, found[0])
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return None

    def _citing(self, key: str, items: Sequence[Item]) -> Mapping[int, Item]:
        """Of the items that one path has the first that cites each line, worked out once."""
        if key not in self._first_citing:
            found = self._first_citing[key] = {}
            for item in items:
                for cited in item.cited:
                    for line in range(cited.first, cited.last + 1):
                        found.setdefault(line, item)
        return self._first_citing[key]

    def part_at(self, path: str) -> Part | None:
        """The part of the draft that a path begins with."""
        return next((part for part in self.parts if part.key == root_of(path)), None)

    def anchor_of(self, path: str) -> str:
        """The anchor of a path's item; nothing where the page has none."""
        item = self.item_at(path)
        return item.anchor if item is not None else ""

    def _parts(self, policy: Mapping[str, Any], version: Mapping[str, Any]) -> Iterator[Part]:
        if policy or version:
            yield Part("identity", "Identity", list(_identity(policy, version)))
        for key, file, name, kind in _PARTS:
            values = (policy if file == "policy" else version).get(key, [])
            items = [self._item(f"{key}[{_name_of(value, at)}]", key, kind, value) for at, value in enumerate(values)]
            grid = _grid(values, items, version.get("lines_of_business", [])) if key == "authorization" else []
            yield Part(key, name, items, grid)

    def _item(self, path: str, part: str, kind: str, value: Mapping[str, Any]) -> Item:
        shown = value if part != "authorization" else {key: said for key, said in value.items() if key not in _IN_TITLE_OF_RULE}
        item = _plain_item(path, kind, _title(part, value), shown)
        item.text = str(value.get("ask") if part == "facts" else value.get("text", ""))
        item.badge = str(value.get("stance") or (value.get("rule") if part == "authorization" else "") or "").replace("-", " ")
        for key, label in (("when", "Speaks when"), ("criteria", "Holds when")):
            if value.get(key) is not None:
                item.trees.append((label, self._criterion(f"{path}.{key}", value[key])))
        for key, kind_below in (("products", "product"), ("codes", "code"), ("rows", "row")):
            for at, child in enumerate(value.get(key, [])):
                if isinstance(child, Mapping):
                    title = str(_first_of(child, "name", "code", "product"))
                    item.children.append(_plain_item(f"{path}.{key}[{_name_of(child, at)}]", kind_below, title, child))
                else:
                    item.details.append(Detail(kind_below, str(child)))
        return item

    def _criterion(self, path: str, value: Mapping[str, Any]) -> Item:
        """A criterion in words, with what stands below it."""
        words, refers, below = self._in_words(value)
        item = Item(path, "criterion", words, refers=refers, cited=_cited(value), marks=_marks(value))
        item.children = [self._criterion(f"{path}.{step}", child) for step, child in below]
        return item

    def _in_words(self, value: Mapping[str, Any]) -> tuple[str, str, list[tuple[str, Mapping[str, Any]]]]:
        """The words of a criterion, the path of what it names, and the criteria below it with their steps."""
        for key, heading in (("all", "All of these:"), ("any", "At least one of these:")):
            if key in value:
                return heading, "", [(f"{key}[{at}]", child) for at, child in enumerate(value[key])]
        if "at_least_n" in value:
            of = value["at_least_n"]["of"]
            heading = f"At least {value['at_least_n']['n']} of these:"
            return heading, "", [(f"at_least_n.of[{at}]", child) for at, child in enumerate(of)]
        if "not" in value:
            return "Not:", "", [("not", value["not"])]
        if "see" in value:
            return f"As defined: {_spaced(value['see'])}", f"definitions[{value['see']}]", []
        if "diagnosis_listing" in value:
            listing = value["diagnosis_listing"]
            return f"The diagnosis is listed in {_spaced(listing)}", f"diagnosis_listings[{listing}]", []
        if "fact" in value:
            return f"{self._asks.get(value['fact'], value['fact'])} {_answer(value)}", f"facts[{value['fact']}]", []
        return _plain_test(value), "", []


def root_of(path: str) -> str:
    """The part of the draft that a path names first."""
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def _answer(value: Mapping[str, Any]) -> str:
    """What the answer to a fact's question has to be."""
    if "is" in value and not isinstance(value["is"], bool):
        return f"— {value['is']}"
    if "one_of" in value:
        return f"— {' or '.join(str(one) for one in value['one_of'])}"
    compared = [f"{words} {value[key]}" for key, words in _COMPARISONS.items() if value.get(key) is not None]
    if compared:
        return f"— {' and '.join(compared)}"
    return "— no" if value.get("is") is False else "— yes"


def _plain_test(value: Mapping[str, Any]) -> str:
    """The words of a test that asks no fact."""
    if "age" in value:
        limits = [f"{_COMPARISONS[key]} {years}" for key, years in value["age"].items() if years is not None]
        return f"Age {' and '.join(limits)} years"
    named = {
        "sex": "Sex is",
        "diagnosis": "The diagnosis is one of",
        "procedure": "The procedure is one of",
        "product": "The product is one of",
        "service_state": "The service is given in one of",
    }
    for key, words in named.items():
        if key in value:
            return f"{words} {_flat(value[key])}"
    return "Always"


def _identity(policy: Mapping[str, Any], version: Mapping[str, Any]) -> Iterator[Item]:
    if policy:
        item = _plain_item("policy", "policy", str(policy.get("title", "")), {})
        item.badge = str(policy.get("number", ""))
        item.marks = _marks(policy)
        for key in ("issuer", "number", "authority", "review_interval", "jurisdiction"):
            if policy.get(key):
                item.details.append(Detail(_spaced(key), _flat(policy[key])))
        yield item
    for at, value in enumerate(policy.get("identifiers", [])):
        title = f"{_spaced(value['system'])}: {value['value']}"
        yield Item(f"identifiers[{_name_of(value, at)}]", "identifier", title, cited=_cited(value), marks=_marks(value))
    if version:
        item = Item("version", "version", f"Version {version.get('version', '')}", cited=_cited(version), marks=_marks(version))
        item.details = [Detail("lines of business", _flat(version.get("lines_of_business", [])))]
        yield item


def _plain_item(path: str, kind: str, title: str, value: Mapping[str, Any]) -> Item:
    item = Item(path, kind, title, cited=_cited(value), marks=_marks(value))
    for key, said in value.items():
        if key in _SHOWN_APART or said in (None, "", [], {}, False) or str(said) == title:
            continue
        if key == "provision" or key == "provisions":
            names = [said] if isinstance(said, str) else said
            item.details += [Detail("statement", str(name), f"provisions[{name}]") for name in names]
        elif key == "implies":
            item.details += [Detail("implies", f"{_spaced(name)}: {_flat(to)}", f"facts[{name}]") for name, to in said.items()]
        elif key == "choices":
            item.details += [Detail("choice", f"{choice['value']}: {choice['meaning']}") for choice in said]
        elif key == "delegated_to":
            item.details += [Detail("decided by", _flat([part for part in one.values() if part])) for one in said]
        else:
            item.details.append(Detail(_spaced(key), _flat(said)))
    return item


def _title(part: str, value: Mapping[str, Any]) -> str:
    if part == "references":
        return f"{value['number']}. {value.get('title') or value.get('organization') or value.get('source') or ''}".strip()
    if part == "related":
        return f"{value['number']}: {value['title']}"
    if part == "history":
        return str(value["date"])
    if part == "authorization":
        return f"{value['setting'].capitalize()}, {_flat(value.get('lines_of_business') or ['every line of business'])}"
    return str(value.get("title") or value.get("product") or _spaced(value.get("id", "")))


def _grid(values: Sequence[Mapping[str, Any]], items: Sequence[Item], lines_of_business: Sequence[str]) -> list[GridRow]:
    """The authorization rules by line of business and setting; a rule without a line speaks of all."""
    rows = {line: GridRow(line) for line in lines_of_business}
    for value, item in zip(values, items, strict=True):
        for line in value.get("lines_of_business") or lines_of_business:
            row = rows.setdefault(line, GridRow(line))
            (row.inpatient if value["setting"] == "inpatient" else row.outpatient).append(item)
    return list(rows.values())


def _cited(value: Mapping[str, Any]) -> list[Cited]:
    citations = [value[key] for key in _CITATIONS if value.get(key)] + list(value.get("citations", []))
    return [Cited(citation["lines"][0], citation["lines"][1], citation["section"]) for citation in citations]


def _marks(value: Mapping[str, Any]) -> list[str]:
    # `review` of a history event says whether it is a review; its marks stand under the other key.
    return [reason for key in ("review", "review_marks") if isinstance(value.get(key), list) for reason in value[key]]


def _name_of(value: Mapping[str, Any], at: int) -> str:
    """How a path names an item of a list: by what identifies it, else by its place."""
    return str(_first_of(value, "id", "code", "name", "number", "date", default=at) if isinstance(value, Mapping) else at)


def _first_of(value: Mapping[str, Any], *keys: str, default: object = "") -> object:
    return next((value[key] for key in keys if key in value), default)


def _flat(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return str(value)


def _spaced(words: object) -> str:
    return str(words).replace("_", " ").replace("-", " ")


def _key(path: str) -> str:
    """A path as it is compared: names of products stand in some paths as printed, in others as ids."""
    return re.sub(r"\[([^\]]*)\]", lambda found: f"[{slug(found[1]) or found[1]}]", path)

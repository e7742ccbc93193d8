"""Policy files with faults: each fault with its file, line and column, all of a file at once, and never a crash."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from medpolicy import PolicyFileError, load_library
from medpolicy.errors import Fault
from medpolicy.formats.policy_files import PolicySources, read_issuer, read_policy
from medpolicy.formats.yaml_tree import MAXIMUM_BYTES, MAXIMUM_DEPTH, read_yaml
from tests.spec.policies import ISSUER

HASH = "0" * 64
CITED = f'{{section: S, lines: [1, 2], sha256: "{HASH}"}}'
RENDITION = f'rendition: {{sha256: "{HASH}", media_type: text/plain, lines: 50}}'
POLICY = f"""\
issuer: plan
number: "1"
title: One
{RENDITION}
history:
  - date: 2020-01
    text: New.
    citation: {CITED}
"""
VERSION = f"""\
version: "2020-01"
{RENDITION}
lines_of_business: [commercial]
lines_of_business_citation: {CITED}
facts:
  - {{id: pain, type: boolean, ask: "Pain?", citation: {CITED}}}
  - {{id: size, type: number, unit: mm, ask: "Size?", citation: {CITED}}}
definitions:
  - {{id: hurts, text: Pain., criteria: {{fact: pain}}, citation: {CITED}}}
provisions:
  - id: helps
    text: It helps.
    stance: medically-necessary
    criteria: {{all: [{{see: hurts}}, {{fact: size, at_least: 3 mm}}]}}
    citation: {CITED}
product_lists:
  - id: grafts
    provision: helps
    implies: {{pain: true}}
    citation: {CITED}
    products:
      - {{name: Graft A, manufacturer: M, citation: {CITED}}}
code_listings:
  - id: first
    system: cpt
    decides: alone
    stance: investigational
    text: Listed.
    citation: {CITED}
    codes:
      - {{code: "0001T", citation: {CITED}}}
authorization:
  - {{setting: outpatient, rule: auth-needed, text: Needed., citation: {CITED}}}
"""


def faults_of(version: str = VERSION, policy: str = POLICY, *more: str) -> list[Fault]:
    issuer, faults = read_issuer(ISSUER.encode(), "issuer.yaml")
    assert issuer is not None
    assert not faults
    versions = [(f"v{at + 1}.yaml", text.encode()) for at, text in enumerate((version, *more))]
    read, faults = read_policy(PolicySources(("policy.yaml", policy.encode()), versions), issuer)
    assert (read is None) == bool(faults)
    return faults


def place(text: str, needle: str, *, last: bool = False) -> tuple[int, int]:
    """Line and column, from 1, at which the needle begins; it must stand there once, or `last` is meant."""
    assert last or text.count(needle) == 1, needle
    start = text.rindex(needle)
    return text.count("\n", 0, start) + 1, start - (text.rfind("\n", 0, start) + 1) + 1


def test_the_example_has_no_fault() -> None:
    assert faults_of() == []


# What is replaced, by what, the code of the fault, where it stands (the text at the place), the path, a part of the message.
ONE_BY_ONE: list[tuple[str, str, str, str, str, str]] = [
    ("    text: It helps.", "    txet: It helps.", "unknown-key", "It helps.", "provisions[0].txet", "misspelled"),
    ("    text: It helps.", "    txet: It helps.", "missing-key", "id: helps", "provisions[0]", "'text'"),
    (
        f"at_least: 3 mm}}]}}\n    citation: {CITED}\nproduct",
        "at_least: 3 mm}]}\nproduct",
        "uncited",
        "id: helps",
        "provisions[0]",
        "citation is missing",
    ),
    ("{see: hurts}", "{fact: pian}", "undefined-fact", "pian", "provisions[0].criteria.all[0].fact", "did you mean 'pain'"),
    ("{see: hurts}", "{see: hurt}", "undefined-definition", "{see: hurt}", "provisions[0].criteria.all[0]", "'hurts'"),
    (
        "{see: hurts}",
        "{diagnosis_listing: none}",
        "undefined-listing",
        "{diagnosis_listing: none}",
        "provisions[0].criteria.all[0]",
        "'none'",
    ),
    (
        "implies: {pain: true}",
        "implies: {pian: true}",
        "undefined-fact",
        "true}\n    citation",
        "product_lists[0].implies.pian",
        "",
    ),
    ("provision: helps", "provision: help", "undefined-provision", "help\n", "product_lists[0].provision", "'helps'"),
    (
        "criteria: {fact: pain}",
        "criteria: {not: {see: hurts}}",
        "circular-reference",
        "{see: hurts}}",
        "definitions[0].criteria.not",
        "hurts -> hurts",
    ),
    ("at_least: 3 mm", "at_least: 3 kg", "unit", "{fact: size, at_least: 3 kg}", "provisions[0].criteria.all[1]", "mass"),
    ("unit: mm", "unit: mmm", "unit", "{id: size", "facts[1]", "mmm"),
    ("at_least: 3 mm", "at_least: three", "criterion", "{fact: size, at_least: three}", "provisions[0].criteria.all[1]", "3 mm"),
    ("at_least: 3 mm", "is: true", "criterion", "{fact: size, is: true}", "provisions[0].criteria.all[1]", "does not fit"),
    (
        "{see: hurts}",
        "{fact: pain, age: {at_least: 3}}",
        "criterion",
        "{fact: pain, age",
        "provisions[0].criteria.all[0]",
        "one thing",
    ),
    ("{see: hurts}", "{all: []}", "criterion", "[]}", "provisions[0].criteria.all[0].all", "at least one"),
    ("{see: hurts}", "{procedure: [abc]}", "criterion", "{procedure: [abc]}", "provisions[0].criteria.all[0]", "form"),
    (
        "{see: hurts}",
        "{at_least_n: {n: 3, of: [{fact: pain}]}}",
        "criterion",
        "{at_least_n: {n: 3",
        "provisions[0].criteria.all[0]",
        "at least 3 of 1",
    ),
    ('code: "0001T"', 'code: "0001"', "malformed-code", '"0001"', "code_listings[0].codes[0].code", "cpt"),
    ("    stance: investigational\n", "", "code-listing", "id: first", "code_listings[0]", "stance"),
    ("setting: outpatient", "setting: home", "form", "home", "authorization[0].setting", "inpatient"),
    ("stance: medically-necessary", "stance: delegated", "provision", "id: helps", "provisions[0]", "to whom"),
    ("stance: medically-necessary", "stance: necessary", "form", "necessary\n", "provisions[0].stance", ""),
    ("[commercial]", "[commercial, comercial]", "undeclared-line", "comercial]", "lines_of_business[1]", "did you mean"),
    ("implies: {pain: true}", 'implies: {pain: "yes"}', "fact-value", '"yes"', "product_lists[0].implies.pain", "true or false"),
    (
        "name: Graft A,",
        "name: Graft A, aliases: [Graft Beta],",
        "alias",
        "Graft Beta",
        "product_lists[0].products[0].aliases[0]",
        "trademark",
    ),
    ('version: "2020-01"', 'version: "2020-02"', "version-without-history", '"2020-02"', "version", "2020-02-01"),
    ('version: "2020-01"', 'version: "2020-13"', "version", '"2020-13"', "version", "2020-13"),
]


@pytest.mark.parametrize(
    ("old", "new", "code", "needle", "path", "part"), ONE_BY_ONE, ids=[f"{one[2]}-{at}" for at, one in enumerate(ONE_BY_ONE)]
)
def test_one_fault(old: str, new: str, code: str, needle: str, path: str, part: str) -> None:
    assert VERSION.count(old) == 1
    text = VERSION.replace(old, new)
    faults = [fault for fault in faults_of(text) if fault.code == code]
    assert [fault.path for fault in faults] == [path], faults_of(text)
    (fault,) = faults
    assert fault.file == "v1.yaml"
    assert (fault.line, fault.column) == place(text, needle, last=True)
    assert part in fault.message
    assert str(fault).startswith(f"v1.yaml:{fault.line}:{fault.column}: {code}: {path}: ")


def listing(name: str, stance: str = "cosmetic") -> str:
    return f"""\
  - id: {name}
    system: cpt
    decides: alone
    stance: {stance}
    text: Listed.
    citation: {CITED}
    codes:
      - {{code: "0001T", citation: {CITED}}}
authorization:
"""


def test_two_listings_that_disagree() -> None:
    text = VERSION.replace("authorization:\n", listing("second"))
    (fault,) = faults_of(text)
    assert fault.code == "listings-disagree"
    assert (fault.line, fault.column) == place(text, '"0001T"', last=True)
    assert "'first'" in fault.message
    assert "'second'" in fault.message
    assert "0001T" in fault.message


def test_two_listings_that_agree_are_no_fault() -> None:
    assert faults_of(VERSION.replace("authorization:\n", listing("second", "investigational"))) == []


def test_two_listings_of_different_lines_are_no_fault() -> None:
    other = listing("second").replace("    system", "    lines_of_business: [medicare]\n    system")
    text = VERSION.replace("[commercial]", "[commercial, medicare]").replace("authorization:\n", other)
    first = text.replace("  - id: first\n", "  - id: first\n    lines_of_business: [commercial]\n")
    assert faults_of(first) == []


def test_two_rules_that_disagree() -> None:
    rule = f"  - {{setting: outpatient, rule: no-auth, text: None., citation: {CITED}}}\n"
    (fault,) = faults_of(VERSION + rule)
    assert (fault.code, fault.path) == ("rules-disagree", "authorization[1]")
    assert (fault.line, fault.column) == place(VERSION + rule, "{setting: outpatient, rule: no-auth")


def test_overlapping_periods() -> None:
    (fault,) = faults_of(VERSION, POLICY, VERSION.replace('version: "2020-01"', 'version: "2020-01-01"'))
    assert (fault.code, fault.file, fault.line, fault.column) == ("overlapping-periods", "v2.yaml", 1, 1)
    assert "2020-01-01" in fault.message


def test_a_longer_circle_is_named_once() -> None:
    more = "".join(
        f"  - {{id: {one}, text: T, criteria: {{see: {other}}}, citation: {CITED}}}\n" for one, other in (("a", "b"), ("b", "a"))
    )
    text = VERSION.replace("provisions:\n", more + "provisions:\n")
    codes = {fault.code for fault in faults_of(text)}
    assert codes == {"circular-reference"}
    assert any("a -> b -> a" in fault.message for fault in faults_of(text))


def test_faults_of_form_beside_a_faulty_event() -> None:
    """The only event has another key: what is wrong elsewhere in the file is still said."""
    text = POLICY.replace("    text: New.", "    txt: New.").replace("title: One", "title: One\nauthority: boss")
    found = {(fault.code, fault.path) for fault in faults_of(VERSION, text)}
    assert found == {("unknown-key", "history[0].txt"), ("missing-key", "history[0]"), ("form", "authority")}


def test_faults_of_the_policy_file() -> None:
    text = POLICY.replace("    text: New.", "    text: New.\n    touches: [statement]").replace("[1, 2]", "[1, 51]")
    text = text.replace("title: One", "title: One\nreview_interval: often")
    faults = faults_of(VERSION, text)
    assert {(fault.code, fault.path, (fault.line, fault.column)) for fault in faults} == {
        ("unknown-part", "history[0].touches[0]", place(text, "statement]")),
        ("citation", "history[0].citation.lines", place(text, "[1, 51]")),
        ("review-interval", "review_interval", place(text, "often")),
    }


def test_an_event_that_touches_and_leaves_unchanged() -> None:
    text = POLICY.replace("    text: New.", "    text: New.\n    touches: [coding]\n    unchanged: [coding]")
    (fault,) = faults_of(VERSION, text)
    assert (fault.code, fault.path) == ("history", "history[0]")
    assert "coding" in fault.message


def test_a_policy_below_another_issuer() -> None:
    (fault,) = faults_of(VERSION, POLICY.replace("issuer: plan", "issuer: other"))
    assert (fault.code, fault.line, fault.column) == ("issuer", 1, 9)


EVERYTHING: list[tuple[str, str]] = [
    ('version: "2020-01"', 'version: "2020-05"'),  # a version without history
    ("    stance: medically-necessary\n", "    stance: medically-necessary\n    reviewer: me\n"),  # an unknown key
    (
        "product_lists:\n",
        (
            f"  - {{id: cited-not, text: T, stance: cosmetic}}\n"
            f"  - {{id: undefined, text: T, stance: cosmetic, criteria: {{fact: heat}}, citation: {CITED}}}\n"
            f"  - {{id: unit, text: T, stance: cosmetic, criteria: {{fact: size, at_least: 3 kg}}, citation: {CITED}}}\n"
            "product_lists:\n"
        ),
    ),
    ("criteria: {fact: pain}, ", "criteria: {see: hurts}, "),  # a circular reference
    ("authorization:\n", listing("second")),  # two listings of one code that disagree
]


def test_all_faults_of_a_file_at_once() -> None:
    text = VERSION
    for old, new in EVERYTHING:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    faults = faults_of(text, POLICY, text)
    own = {(fault.code, fault.line, fault.column) for fault in faults if fault.file == "v1.yaml"}
    assert own == {
        ("version-without-history", *place(text, '"2020-05"')),
        ("unknown-key", *place(text, "me\n", last=True)),
        ("uncited", *place(text, "{id: cited-not")),
        ("undefined-fact", *place(text, "heat")),
        ("unit", *place(text, "{fact: size, at_least: 3 kg}")),
        ("circular-reference", *place(text, "{see: hurts}, citation")),
        ("listings-disagree", *place(text, '"0001T"', last=True)),
    }
    # The second file is read too, to its end; it begins on the same day.
    assert {fault.code for fault in faults if fault.file == "v2.yaml"} == {code for code, _, _ in own} | {"overlapping-periods"}


def test_overlapping_periods_beside_other_faults() -> None:
    """Two versions of one day, one of which has another fault: both are said."""
    other = VERSION.replace('version: "2020-01"', 'version: "2020-01-01"').replace("{see: hurts}", "{fact: heat}")
    assert {fault.code for fault in faults_of(VERSION, POLICY, other)} == {"overlapping-periods", "undefined-fact"}


def test_lines_are_exact_numbers() -> None:
    """Not only relative to a text: the first line is 1, the first column is 1."""
    (fault,) = faults_of('version: "2020-02"' + VERSION.removeprefix('version: "2020-01"'))
    assert (fault.line, fault.column) == (1, 10)
    (fault,) = faults_of(VERSION.replace("  - {id: pain, type: boolean", "  - {id: pain, kind: x, type: boolean"))[:1]
    assert (fault.code, fault.line, fault.column) == ("unknown-key", 6, 22)


def test_definitions_that_double_each_other_are_a_fault_at_once() -> None:
    doubled = "".join(
        f"  - {{id: d{n}, text: T., criteria: {{any: [{{see: d{n + 1}}}, {{see: d{n + 1}}}]}}, citation: {CITED}}}\n"
        for n in range(40)
    )
    last = f"  - {{id: d40, text: T., criteria: {{fact: pain}}, citation: {CITED}}}\n"
    faults = faults_of(version=VERSION.replace("provisions:\n", f"{doubled}{last}provisions:\n", 1))
    assert {fault.code for fault in faults} == {"too-large"}
    assert "more than 10,000 criteria" in faults[0].message


def test_definitions_that_refer_on_and_on_are_a_fault() -> None:
    chain = "".join(f"  - {{id: d{n}, text: T., criteria: {{see: d{n + 1}}}, citation: {CITED}}}\n" for n in range(5_000))
    last = f"  - {{id: d5000, text: T., criteria: {{fact: pain}}, citation: {CITED}}}\n"
    faults = faults_of(version=VERSION.replace("provisions:\n", f"{chain}{last}provisions:\n", 1))
    assert {fault.code for fault in faults} == {"too-large"}
    assert "more than 50 deep" in faults[0].message


# -- YAML itself --------------------------------------------------------------------------------------------------


def only_fault(data: bytes) -> Fault:
    issuer, faults = read_issuer(data, "issuer.yaml")
    assert issuer is None
    return faults[0]


@pytest.mark.parametrize(
    ("data", "code", "line", "column"),
    [
        (b"", "empty-file", 0, 0),
        (b"# only a comment\n", "empty-file", 0, 0),
        (b"id: plan\nid: plan\n", "duplicate-key", 2, 1),
        (b"a: {b: 1, c: 2, b: 3}\n", "duplicate-key", 1, 17),
        (b"a: &x [1]\nb: *x\n", "alias", 1, 4),
        (b"a: [1\nb: 2\n", "invalid-yaml", 2, 2),
        (b"a: 'x\n", "invalid-yaml", 2, 1),
        (b"a: 1\n\tb: 2\n", "invalid-yaml", 2, 1),
        (b"a: 1\nb: \xff\n", "not-utf-8", 2, 1),
        (b"\xff\xfea\x00", "not-utf-8", 1, 1),
        (b"a: \x00\n", "invalid-yaml", 0, 0),
        (b"--- a\n--- b\n", "invalid-yaml", 2, 1),
        (b"? [a, b]\n: c\n", "invalid-yaml", 1, 1),
        (b"- a\n- b\n", "form", 1, 1),
        (b"plain", "form", 1, 1),
        (b"[" * (MAXIMUM_DEPTH + 2) + b"]" * (MAXIMUM_DEPTH + 2), "invalid-yaml", 1, MAXIMUM_DEPTH + 2),
    ],
)
def test_yaml_that_cannot_be_read(data: bytes, code: str, line: int, column: int) -> None:
    fault = only_fault(data)
    assert (fault.code, fault.file) == (code, "issuer.yaml")
    if code != "alias":
        assert (fault.line, fault.column) == (line, column), fault


def test_an_alias_is_refused_where_it_stands() -> None:
    fault = only_fault(b"a: &x [1]\nb: *x\n")
    assert fault.code == "alias"
    assert "anchors and aliases" in fault.message


def test_a_bomb_stays_small() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert only_fault("\n".join(lines).encode()).code == "alias"


@pytest.mark.parametrize("opening", [b"[", b"{a: ", b"- ", b"? "])
def test_deep_nesting_is_a_fault(opening: bytes) -> None:
    assert only_fault(opening * 20_000).code == "invalid-yaml"


def test_a_file_of_20_megabytes_is_not_read() -> None:
    fault = only_fault(b"a: " + b"x" * (20 * 1024 * 1024))
    assert fault.code == "too-large"
    assert f"{MAXIMUM_BYTES:,}" in fault.message


def test_what_looks_like_a_number_a_date_or_a_truth_stays_text() -> None:
    issuer, faults = read_issuer(ISSUER.replace("name: Example Plan", "name: no").encode(), "issuer.yaml")
    assert not faults
    assert issuer is not None
    assert issuer.name == "no"


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    read, faults = read_issuer(data, "issuer.yaml")
    assert (read is None) == bool(faults)


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["pain", "size", "3 mm", "commercial"]),
    lambda child: (
        st.lists(child, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "all", "any", "not", "fact", "at_least", "is", "see", "text", "citation"]),
            child,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=150)
@given(
    st.dictionaries(
        st.sampled_from([*sorted(yaml.safe_load(VERSION)), "references", "supplement", "evidence", "unknown"]), TREES, max_size=4
    )
)
def test_any_tree_is_read_or_refused(changes: dict[str, object]) -> None:
    faults_of(yaml.safe_dump({**yaml.safe_load(VERSION), **changes}, allow_unicode=True))


@settings(max_examples=100)
@given(TREES)
def test_any_criterion_is_read_or_refused(criteria: object) -> None:
    tree = yaml.safe_load(VERSION)
    tree["provisions"][0]["criteria"] = criteria
    for fault in faults_of(yaml.safe_dump(tree, allow_unicode=True)):
        assert fault.line >= 1


@settings(max_examples=100)
@given(st.dictionaries(st.sampled_from(["issuer", "number", "history", "related", "identifiers", "jurisdiction"]), TREES))
def test_any_policy_tree_is_read_or_refused(changes: dict[str, object]) -> None:
    faults_of(VERSION, yaml.safe_dump({**yaml.safe_load(POLICY), **changes}, allow_unicode=True))


# -- directories --------------------------------------------------------------------------------------------------


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write_files(**files: str) -> Path:
        home = tmp_path / "plan" / "1"
        home.mkdir(parents=True, exist_ok=True)
        (tmp_path / "plan" / "issuer.yaml").write_text(files.get("issuer", ISSUER), encoding="utf-8")
        (home / "policy.yaml").write_text(files.get("policy", POLICY), encoding="utf-8")
        (home / "2020-01.yaml").write_text(files.get("version", VERSION), encoding="utf-8")
        return tmp_path

    return write_files


def load_faults(root: Path) -> list[Fault]:
    with pytest.raises(PolicyFileError) as refused:
        load_library(root)
    return list(refused.value.faults)


def test_a_directory_without_fault(write: Callable[..., Path]) -> None:
    assert load_library(write()).keys == (("plan", "1"),)


def test_faults_of_several_files_at_once(write: Callable[..., Path]) -> None:
    root = write(version=VERSION.replace("{see: hurts}", "{see: hurt}"))
    second = root / "plan" / "2"
    second.mkdir()
    (second / "policy.yaml").write_text(POLICY.replace('"1"', '"3"'), encoding="utf-8")
    faults = load_faults(root)
    assert {(fault.code, Path(fault.file).name) for fault in faults} == {
        ("undefined-definition", "2020-01.yaml"),
        ("number", "policy.yaml"),
    }


def test_the_error_names_each_fault(write: Callable[..., Path]) -> None:
    with pytest.raises(PolicyFileError) as refused:
        load_library(write(version=VERSION.replace("{see: hurts}", "{see: hurt}").replace("3 mm", "3 kg")))
    assert str(refused.value).startswith("2 faults in the policy files\n")
    assert refused.value.exit_status == 3


def test_the_issuers_own_faults(write: Callable[..., Path]) -> None:
    issuer = ISSUER + 'claim_adjustments: [{carc: "1"}, {stance: cosmetic, carc: "96", lines_of_business: [hmo]}]\n'
    assert {fault.code for fault in load_faults(write(issuer=issuer))} == {"claim-adjustment", "undeclared-line"}
    issuer = ISSUER.replace("{id: other,", "{id: medicare,")
    assert {fault.code for fault in load_faults(write(issuer=issuer))} == {"doubled"}
    assert {fault.code for fault in load_faults(write(issuer=ISSUER.replace("id: plan", "id: other")))} == {"issuer"}


def test_an_issuer_without_a_file(write: Callable[..., Path]) -> None:
    root = write()
    (root / "plan" / "issuer.yaml").unlink()
    assert {fault.code for fault in load_faults(root)} == {"issuer"}


def test_a_policy_twice(write: Callable[..., Path], tmp_path: Path) -> None:
    root = write()
    with pytest.raises(PolicyFileError) as refused:
        load_library(root, root / "plan")
    assert {fault.code for fault in refused.value.faults} == {"doubled-policy"}


def test_two_issuers_that_differ(write: Callable[..., Path], tmp_path: Path) -> None:
    root = write()
    other = tmp_path / "elsewhere" / "plan"
    other.mkdir(parents=True)
    (other / "issuer.yaml").write_text(ISSUER + "# another\n", encoding="utf-8")
    with pytest.raises(PolicyFileError) as refused:
        load_library(root / "plan", other)
    assert {fault.code for fault in refused.value.faults} == {"doubled-issuer"}


def test_facts_of_two_policies_that_disagree(write: Callable[..., Path]) -> None:
    root = write()
    second = root / "plan" / "2"
    second.mkdir()
    (second / "policy.yaml").write_text(POLICY.replace('"1"', '"2"'), encoding="utf-8")
    text = VERSION.replace("unit: mm", "unit: kg").replace("3 mm", "3 kg")
    (second / "2020-01.yaml").write_text(text, encoding="utf-8")
    assert {fault.code for fault in load_faults(root)} == {"facts-disagree"}


@given(
    st.recursive(st.text("ab", max_size=3), lambda inner: st.lists(inner) | st.dictionaries(st.text("xyz", min_size=1), inner))
)
def test_each_place_is_where_yaml_marks_it(value: object) -> None:
    text = yaml.safe_dump(value)
    tree = read_yaml(text.encode(), "f")
    assert not tree.faults

    def same(node: yaml.Node, path: tuple[str | int, ...]) -> None:
        assert tree.place(path) == (node.start_mark.line + 1, node.start_mark.column + 1)
        if isinstance(node, yaml.SequenceNode):
            for index, below in enumerate(node.value):
                same(below, (*path, index))
        elif isinstance(node, yaml.MappingNode):
            for key, below in node.value:
                same(below, (*path, key.value))

    same(yaml.compose(text, Loader=yaml.SafeLoader), ())


def test_the_place_of_what_is_not_there_is_the_nearest_above() -> None:
    tree = read_yaml(b"a:\n  - b: 1\n    b: 2\n    c: 3\n", "f")
    assert tree.place(("a", 0, "c")) == (4, 8)
    assert tree.place(("a", 0, "d")) is None
    tree.fault("x", ("a", 0, "d", 4), "gone")
    tree.fault("x", ("a", 7), "gone")
    assert [(fault.line, fault.column) for fault in tree.faults] == [(3, 5), (2, 5), (2, 3)]

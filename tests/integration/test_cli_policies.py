"""`medpolicy policies`: list, show and search."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest


def words(text: str) -> str:
    return " ".join(text.split())


def test_list(medpolicy):
    shown = medpolicy("policies", "list").out.splitlines()
    assert shown[0].split() == ["Issuer", "Number", "Title", "Versions", "Lines", "of", "business"]
    assert shown[1].startswith("bcbsma        254 ")
    assert "commercial-hmo-pos, commercial-ppo-indemnity, medicare-hmo, medicare-ppo" in shown[1]
    assert "2025-03" in shown[1]


def test_list_of_one_issuer_as_json(medpolicy, small):
    ran = medpolicy("policies", "list", "--library", small, "--issuer", "north", "--json")
    listed = json.loads(ran.out)["policies"]
    assert [(one["issuer"], one["number"]) for one in listed] == [("north", "100"), ("north", "200")]
    assert medpolicy("policies", "list", "--issuer", "none").status == 4


def test_show(medpolicy):
    shown = words(medpolicy("policies", "show", "254").out)
    for part in (
        "bcbsma 254: Orthopedic Applications of Stem Cell Therapy",
        "ncd-lcd: NA",
        "Related: 374",
        "Text of version 2025-03",
        "allograft-with-viable-stem-cells: investigational (not-covered)",
        "contains_viable_stem_cells (boolean):",
        "Osteocel Plus® (NuVasive)",
        "0263T, 0264T, 0265T, 0489T, 0490T, 0565T, 0566T",
        "outpatient, medicare-ppo: not-covered",
        "2012-12 CPT code 38243",
        "touches coding; adds 38243",
    ):
        assert part in shown, part


def test_show_a_policy_with_everything(medpolicy):
    shown = words(medpolicy("policies", "show", "florida-blue/02-33000-31").out)
    assert "otherwise cosmetic" in shown
    assert "whose criteria decide:" in shown
    assert "ceap_class at least C2" in shown


def test_show_as_json(medpolicy):
    view = json.loads(medpolicy("policies", "show", "254", "--json").out)
    assert len(view["history"]) == 18
    assert len(view["versions"][0]["statements"]) == 3
    assert [len(products["products"]) for products in view["versions"][0]["product_lists"]] == [4, 10]


def test_what_is_known_of_a_day(medpolicy):
    """DESIGN.md's table of Policy 254."""
    for day, known in {
        "2026-03-31": {"statements": "on-file", "coding": "on-file"},
        "2026-04-01": {"statements": "presumed-unchanged"},
        "2024-06-01": {"statements": "unchanged"},
        "2023-09-01": {"statements": "unchanged", "supplement": "presumed-unchanged"},
        "2019-06-01": {"statements": "presumed-unchanged", "coding": "not-on-file", "products": "not-on-file"},
        "2015-08-31": {"statements": "not-on-file", "authorization": "presumed-unchanged"},
    }.items():
        view = json.loads(medpolicy("policies", "show", "254", "--on", day, "--json").out)
        bases = {part["part"]: part["basis"] for part in view["parts"]}
        assert {part: bases[part] for part in known} == known, day


def test_a_day_names_the_event_that_changed_the_text(medpolicy):
    shown = words(medpolicy("policies", "show", "254", "--on", "2019-06-01").out)
    assert "coding not-on-file its text is another one because of 2023-05" in shown
    assert "review fell due" not in shown
    assert "a review fell due in 2026-03" in words(medpolicy("policies", "show", "254", "--on", "2026-11-01").out)


def test_a_day_before_the_first_event(medpolicy):
    shown = words(medpolicy("policies", "show", "254", "--on", "2010-11-30").out)
    assert "There was no policy yet. Its first event: 2010-12-01" in shown
    assert "There was no policy yet" not in medpolicy("policies", "show", "254", "--on", "2010-12-01").out


def test_two_issuers_with_one_number(medpolicy, small):
    ran = medpolicy("policies", "show", "100", "--library", small)
    assert ran.status == 4
    assert "north/100, south/100" in ran.err
    assert "south 100: Widgets" in medpolicy("policies", "show", "south/100", "--library", small).out


def test_a_policy_or_a_version_that_is_not_there(medpolicy):
    ran = medpolicy("policies", "show", "255")
    assert ran.status == 4
    assert "Did you mean 254?" in ran.err
    assert "Did you mean bcbsma/254?" in medpolicy("policies", "show", "bcbma/254").err
    assert "there are: 2025-03" in medpolicy("policies", "show", "254", "--version", "2020-01").err
    assert medpolicy("policies", "show", "254", "--version", "2025-03").status == 0


@pytest.mark.parametrize(
    "arguments", [("show",), ("show", "254", "--on", "2019"), ("show", "254", "--on", "2019-06-01", "--version", "2025-03"), ()]
)
def test_wrong_usage(medpolicy, arguments):
    assert medpolicy("policies", *arguments).status == 64


@pytest.mark.parametrize(
    ("looked_for", "number"),
    [
        ("mesenchymal", "254"),
        ("mesenchimal", "254"),
        ("osteocel", "254"),
        ("OSTEOCEL", "254"),
        ("ostocel", "254"),
        ("0565T", "254"),
        ("0565t", "254"),
        ("38243", "254"),
        ("varicose", "02-33000-31"),
        ("varicos", "02-33000-31"),
        ("varikose", "02-33000-31"),
        ("I83.001", "02-33000-31"),
        ("254", "254"),
    ],
)
def test_search(medpolicy, looked_for, number):
    ran = medpolicy("policies", "search", looked_for, "--json")
    assert ran.status == 0
    assert json.loads(ran.out)["policies"][0]["number"] == number


def test_search_shows_what_it_took_for_a_misspelled_word(medpolicy):
    ran = medpolicy("policies", "search", "mesenchimal", "stem")
    assert "'mesenchimal' stands in no policy; showing mesenchymal" in ran.err
    assert "mesenchymal-stem-cell-therapy" in ran.out
    assert "[" not in medpolicy("policies", "search", "osteocel").out


def test_search_finds_nothing(medpolicy):
    ran = medpolicy("policies", "search", "zzzzqqq")
    assert (ran.status, ran.out) == (1, "")
    assert "nothing is like it" in ran.err
    assert medpolicy("policies", "search", '"; DROP TABLE entry; --', "*", "(", "").status in (0, 1)
    assert medpolicy("policies", "search").status == 64


def test_search_finds_a_code_that_stands_in_a_range(medpolicy, small):
    ran = medpolicy("policies", "search", "33345", "--library", small, "--json")
    assert [one["number"] for one in json.loads(ran.out)["policies"]] == ["200"]


def test_search_says_how_many_more_there_are(medpolicy, small):
    ran = medpolicy("policies", "search", "widgets", "--library", small, "--most", "1")
    assert "and 1 more" in ran.out


def test_the_index_is_made_again_for_another_library_and_where_it_is_damaged(medpolicy, small, monkeypatch, tmp_path):
    monkeypatch.setenv("MEDPOLICY_CACHE", str(tmp_path / "cache"))

    def indexes() -> list[Path]:
        return sorted((tmp_path / "cache").glob("search-*.sqlite"))

    def found() -> list[str]:
        ran = medpolicy("policies", "search", "spare", "--library", small, "--json")
        return [one["number"] for one in json.loads(ran.out)["policies"]]

    assert found() == ["200"]
    (index,) = indexes()
    first = index.stat()
    assert found() == ["200"]
    assert index.stat().st_mtime_ns == first.st_mtime_ns  # kept
    for damage in (b"", b"no database", index.read_bytes()[:5000]):
        index.write_bytes(damage)
        assert found() == ["200"]
    data = bytearray(index.read_bytes())
    for at in range(5000, len(data), 97):
        data[at] ^= 0xFF
    index.write_bytes(data)
    assert found() == ["200"]
    file = small / "north" / "200" / "policy.yaml"
    file.write_text(file.read_text().replace("Spare parts", "Rubber seals"))
    assert "Rubber seals" in medpolicy("policies", "search", "rubber", "--library", small).out
    assert [entry.name for entry in index.parent.iterdir() if entry.name.startswith(".search")] == []
    assert len(indexes()) == 2
    for title in ("A", "B", "C", "D"):
        file.write_text(file.read_text().replace("Rubber seals", f"Rubber seals {title}"))
        medpolicy("policies", "search", "rubber", "--library", small)
    assert len(indexes()) == 4


def test_search_without_a_cache(medpolicy, monkeypatch):
    monkeypatch.setenv("MEDPOLICY_CACHE", "")
    assert "254" in medpolicy("policies", "search", "osteocel").out


@pytest.mark.skipif(os.geteuid() == 0 and not Path("/proc/self").exists(), reason="root may write everywhere but in /proc")
def test_search_with_a_cache_that_cannot_be_written(medpolicy, monkeypatch, tmp_path: Path):
    tmp_path.chmod(0o500)
    monkeypatch.setenv("MEDPOLICY_CACHE", "/proc/medpolicy" if os.geteuid() == 0 else str(tmp_path))
    assert "254" in medpolicy("policies", "search", "osteocel").out

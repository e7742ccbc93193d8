"""The ledger's page as text: every link leads somewhere, what a document says is only ever text, the counts add up."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medpolicy.authoring.importing import ImportedPolicy
from medpolicy.authoring.ledger import LedgerBook
from medpolicy.authoring.ledger_page import excerpt, ledger_page, visible
from medpolicy.authoring.ledger_view import DraftView
from medpolicy.authoring.outline import outline_of
from tests.ledger_example import HOSTILE, example, of_unknown_layout, policy_and_version, source_document

OPEN_LINES = ("10", "11", "14")


class Page(HTMLParser):
    """What a browser would see: ids, links, the tags that stand there, the texts of lines and of things with an id."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: list[str] = []
        self.hrefs: list[str] = []
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.line_texts: list[str] = []
        self.links: dict[str, list[str]] = {}
        self.counts: dict[str, int] = {}
        self._line = ""
        self._reading = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.attributes |= set(found)
        if "id" in found:
            self.ids.append(found["id"])
        if re.fullmatch(r"L\d+", found.get("id", "")):
            self._line = found["id"]
        if "href" in found:
            self.hrefs.append(found["href"])
            if found.get("class") == "use":
                self.links.setdefault(self._line, []).append(found["href"].removeprefix("#"))
        self._reading = found.get("class", "") if tag == "span" else ""
        if self._reading == "text":
            self.line_texts.append("")
        if "data-state" in found:
            self._reading = f"count:{found['data-state']}"

    def handle_endtag(self, tag: str) -> None:
        self._reading = ""

    def handle_data(self, data: str) -> None:
        if self._reading == "text":
            self.line_texts[-1] += data
        elif self._reading.startswith("count:"):
            self.counts[self._reading.removeprefix("count:")] = int(data)


@pytest.fixture(scope="module")
def imported() -> ImportedPolicy:
    return example()


@pytest.fixture(scope="module")
def html(imported: ImportedPolicy) -> str:
    return ledger_page(imported)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_every_link_leads_to_a_place_of_the_page_and_no_id_stands_twice(page: Page) -> None:
    assert len(page.ids) == len(set(page.ids))
    assert {href for href in page.hrefs if not href.startswith("#")} == {"data:,"}
    assert {href[1:] for href in page.hrefs if href.startswith("#")} <= set(page.ids)


def test_the_counts_add_up_to_the_lines(page: Page) -> None:
    of_states = {state: count for state, count in page.counts.items() if state != "all"}
    assert of_states == {"not-understood": 3, "used": 16, "narrative": 3, "furniture": 1, "blank": 1}
    assert sum(of_states.values()) == page.counts["all"] == len(page.line_texts) == 24


def test_a_line_leads_to_what_uses_it_and_to_the_innermost_of_it(page: Page) -> None:
    assert page.links["L6"] == ["m-definitions-bad-knee", "m-facts-unstable", "m-provisions-knee-brace-criteria-all-0"]
    assert (
        page.links["L9"][0] == "m-product-lists-braces-products-Bracette"
    )  # the ledger knows it by its id, the draft by its name
    assert "m-product-lists-braces" not in page.links["L9"]
    assert page.links["L5"] == ["m-limitations-once", "m-provisions-knee-brace", "m-facts-broad"]


def test_a_line_leads_to_what_cites_it_alone_rather_than_with_many_others() -> None:
    imported = example()
    book = LedgerBook(imported.document)
    book.used([5, 6, 7], "provisions[knee-brace]")
    page = Page(ledger_page(replace(imported, ledger=book.close())))
    facts = {line: [anchor for anchor in links if anchor.startswith("m-facts")] for line, links in page.links.items()}
    assert facts["L6"] == ["m-facts-unstable"]
    assert facts["L5"] == ["m-facts-broad"]
    assert page.links["L7"] == ["m-provisions-knee-brace-criteria-all-1", "m-facts-deviation"]


def test_what_the_ledger_names_and_nothing_cites_comes_last_and_marks_the_line_all_the_same() -> None:
    imported = example()
    book = LedgerBook(imported.document)
    book.used([6], "limitations[once].text")
    html = ledger_page(replace(imported, ledger=book.close()))
    assert Page(html).links["L6"][-1] == "m-limitations-once"
    assert '<article class="item" id="m-limitations-once" data-lines="5-6">' in html


def test_the_ledger_may_name_a_product_by_its_name_as_an_id() -> None:
    item = DraftView(*policy_and_version()).item_at("product_lists[braces].products[bracette].manufacturer")
    assert item is not None
    assert item.title == "Bracette®"


def test_a_line_leads_to_the_part_where_the_ledger_names_no_item_of_it(page: Page, html: str) -> None:
    assert page.links["L17"] == ["part-history"]
    assert page.links["L1"] == ["m-policy"]  # the title
    assert page.links["L16"] == ["m-authorization-0"]
    assert "another name" not in html
    assert re.search(r'id="L4".*<span class="said">heading</span>', html)


def test_of_two_items_with_one_path_the_one_that_cites_the_line_is_meant(page: Page) -> None:
    assert page.links["L18"] == ["m-history-2024-01"]
    assert page.links["L19"] == ["m-history-2024-01--2"]


def test_a_line_not_understood_leads_to_what_cites_it_all_the_same(page: Page) -> None:
    assert page.links["L10"] == ["m-product-lists-braces"]
    assert "L23" not in page.links  # narrative, though a passage of the evidence cites it


def test_the_work_list_has_each_line_not_understood_and_then_each_review_mark(html: str, imported: ImportedPolicy) -> None:
    work = html[html.index('id="to-do"') : html.index('id="panes"')]
    assert re.findall(r'<li><a href="#L(\d+)"', work) == list(OPEN_LINES)
    listed = re.findall(r'<li><a href="#m-[^"]+"><code>([^<]+)</code></a>.*?<br>([^<]+)</li>', work, re.DOTALL)
    assert sorted(listed) == sorted(imported.review_marks)
    assert len(listed) == 22  # one on each kind of thing that can have one
    assert work.index("Lines not understood") < work.index("Review marks")


def test_from_one_run_of_lines_not_understood_the_next_is_one_link_away(html: str) -> None:
    assert re.findall(r'id="L(\d+)".*class="next" href="#L(\d+)"', html) == [("10", "14")]


def test_a_blank_line_does_not_part_a_run_of_lines_not_understood() -> None:
    document = source_document(((None, "one"), (None, ""), (None, "two")))
    assert 'class="next"' not in ledger_page(of_unknown_layout(document))


def test_what_a_document_says_is_text(html: str, page: Page) -> None:
    assert page.line_texts[22] == f"Braces hold knees. {HOSTILE}"
    assert page.tags.count("script") == 1
    assert "img" not in page.tags
    assert not {name for name in page.attributes if name.startswith("on") or name == "style"}
    assert page.line_texts[23] == "␀ a control sign, ⟨U+202E⟩ a turned one, ▪ a private one"
    assert "\x00" not in html


def test_only_the_style_and_script_of_the_page_may_run(html: str) -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    directives = dict(part.strip().split(" ", 1) for part in policy[1].split(";"))
    for tag in ("style", "script"):
        content = re.search(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        assert content is not None
        digest = base64.b64encode(hashlib.sha256(content[1].encode()).digest()).decode()
        assert directives[f"{tag}-src"] == f"'sha256-{digest}'"
        assert "url(" not in content[1]
        assert "@import" not in content[1]
    assert directives["default-src"] == "'none'"


def test_criteria_stand_as_an_indented_tree_in_words() -> None:
    view = DraftView(*policy_and_version())
    statement = next(item for item in view.items() if item.kind == "statement")
    assert [label for label, _ in statement.trees] == ["Speaks when", "Holds when"]
    outlined = [(item.path.removeprefix(statement.path), item.title) for _, tree in statement.trees for item in tree.all()]
    assert outlined == [
        (".when", "The procedure is one of L1810"),
        (".criteria", "All of these:"),
        (".criteria.all[0]", "Is the knee unstable? — yes"),
        (".criteria.all[1]", "How far does it deviate? — at least 10 degrees"),
        (".criteria.all[2]", "At least 1 of these:"),
        (".criteria.all[2].at_least_n.of[0]", "As defined: bad knee"),
        (".criteria.all[2].at_least_n.of[1]", "Age at least 18 years"),
        (".criteria.all[2].at_least_n.of[2]", "Sex is male"),
        (".criteria.all[3]", "At least one of these:"),
        (".criteria.all[3].any[0]", "The diagnosis is listed in knee diagnoses"),
        (".criteria.all[3].any[1]", "The diagnosis is one of M23.*"),
        (".criteria.all[3].any[2]", "The service is given in one of MA"),
    ]
    definition = next(item for item in view.items() if item.kind == "definition")
    assert [item.title for item in definition.trees[0][1].all()] == ["Not:", "Is the knee unstable? — no"]


def test_a_rule_for_no_line_of_business_stands_in_the_grid_for_all(html: str) -> None:
    rows = re.findall(r"<tr><th scope=\"row\">(commercial|medicare)</th><td>(.*?)</td><td>(.*?)</td></tr>", html)
    assert [(line, inpatient) for line, inpatient, _ in rows] == [("commercial", "not stated"), ("medicare", "not stated")]
    assert all("no auth" in outpatient for _, _, outpatient in rows)


def test_an_unknown_layout_is_said_and_all_lines_are_shown() -> None:
    html = ledger_page(of_unknown_layout(source_document()))
    page = Page(html)
    assert "The layout of this document is not known" in html
    assert "a policy number" in html
    assert "Nothing was extracted" in html
    assert page.counts == {"not-understood": 23, "used": 0, "narrative": 0, "furniture": 0, "blank": 1, "all": 24}
    assert len(page.line_texts) == 24
    assert "Extracted</h2>" not in html


def test_sections_and_pages_are_landmarks_also_where_the_ledger_names_none() -> None:
    html = ledger_page(of_unknown_layout(source_document()))
    assert re.findall(r"<h3>([^<]+)</h3>", html)[:3] == ["Knee Braces", "Policy", "Coding"]
    assert re.findall(r'<p class="page">(Page \d)</p>', html) == ["Page 1", "Page 2"]


def test_a_document_without_a_line_has_a_page_too() -> None:
    page = Page(ledger_page(of_unknown_layout(source_document(()))))
    assert page.counts["all"] == 0


def test_an_excerpt_is_short() -> None:
    assert excerpt("  a line ") == "a line"
    assert len(excerpt("x" * 1000)) == 161


_TEXTS = st.text(st.characters(codec=None), max_size=60) | st.sampled_from([HOSTILE, "</span>", "]]>", "{{ 7 * 7 }}", "&lt;"])


@given(lines=st.lists(_TEXTS, max_size=12), name=_TEXTS.filter(bool), path=_TEXTS)
def test_whatever_stands_in_it_the_page_holds_together(lines: list[str], name: str, path: str) -> None:
    document = source_document(tuple((None, line) for line in lines))
    policy, version = policy_and_version()
    version["product_lists"][0]["products"][0]["name"] = name
    version["provisions"][0]["id"] = version["code_listings"][0]["id"] = name
    book = LedgerBook(document)
    book.used(range(1, len(lines) + 1), path)
    page = Page(ledger_page(ImportedPolicy(document, outline_of(document), book.close(), policy, version, {name: ""})))
    # The draft cites lines of the example, which this document may not have.
    reached = {href[1:] for href in page.hrefs if href.startswith("#") and not re.fullmatch(r"#L\d+", href)}
    assert reached <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert page.line_texts == [visible(line) for line in lines]
    assert sum(count for state, count in page.counts.items() if state != "all") == page.counts["all"] == len(lines)
    assert page.tags.count("script") == 1
    assert "img" not in page.tags

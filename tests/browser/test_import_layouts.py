"""One invented policy as HTML, and as the PDF that a browser prints of it: both readers lead to the same criteria."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from medpolicy.authoring.importing import ImportedPolicy, import_document
from medpolicy.authoring.ledger_json import not_understood
from medpolicy.authoring.readers import read_document
from tests.criteria_words import in_words

PAGE = """<!doctype html>
<html><head><style>
body { font: 11pt/1.3 Arial } h1 { font-size: 15pt } h2 { font-size: 12pt } h3 { font-size: 11pt; font-style: italic }
%s
</style></head><body>
<p>44-11111-02</p><p>Original Effective Date: 05/15/10</p><p>Revised: 04/15/25</p>
<h1>Subject: Knee Widgets and Braces</h1>
<h2>DESCRIPTION:</h2>
<p>A knee widget is a device that is worn at the knee by people who like widgets, and this paragraph is long enough to run over
more than one line of a page, as paragraphs of a description do.</p>
<h2>POSITION STATEMENT:</h2>
<h3>Adults</h3>
<p>A knee widget <b>meets the definition of medical necessity</b> for <b>ANY ONE</b> of the following indications:</p>
<ul>
<li>Stiffness of the knee with <b>both</b> of the following:
  <ol><li>A kneecap that clicks when it is bent slowly and carefully by somebody else who has a calm hand and warm fingers;
  <b>AND</b></li><li>Either of the following:<ol type="a"><li>Pain in a member who has failed at least 3 months of resting;
  <b>OR</b></li><li>Swelling</li></ol></li></ol></li>
<li>A bent knee with a bend angle greater than 40 degrees</li>
<li>Second widget, at least 3 months after first fitting, when ALL of the following are present:
  <ol><li>Lasting stiffness; <b>AND</b></li><li>Body mass index (BMI) less than 40 kg/m<sup>2</sup></li></ol></li>
</ul>
<p>A knee widget <b>does not meet the definition of medical necessity</b> when the criteria above are not met.</p>
<p>A knee widget is considered <b>experimental or investigational</b> for any of the following conditions:</p>
<ul><li>Boredom</li><li>Restlessness of the elbow</li></ul>
<p>There is insufficient evidence to permit conclusions.</p>
<h2>BILLING/CODING INFORMATION:</h2>
<p><b>CPT Coding:</b></p>
<table><tr><td>11111</td><td>Fitting of a widget</td></tr>
<tr><td>11112</td><td>Fitting of a brace (Investigational)</td></tr></table>
<h2>DEFINITIONS:</h2>
<p><b>Widget:</b> a thing.</p>
<h2>GUIDELINE UPDATE INFORMATION:</h2>
<table><tr><td>05/15/10</td><td>New Medical Coverage Guideline.</td></tr>
<tr><td>04/15/25</td><td>Review: Position statements maintained; references updated.</td></tr></table>
</body></html>
"""
STYLES = {"as browsers print": "", "wide margins": "body { margin: 0 1in } ul, ol { padding-left: 40pt }"}


def criteria(imported: ImportedPolicy) -> list[tuple[str, str, str, str | None]]:
    return [
        (one["stance"], in_words(one.get("when")), in_words(one.get("criteria")), one.get("otherwise"))
        for one in imported.version["provisions"]
    ]


EXPECTED = [
    (
        "medically-necessary",
        "knee_widget",
        (
            "any(all(stiffness_of_knee, kneecap_clicks_when_bent_slowly_and_carefully_by_somebody, any(all("
            "pain_in_member_who_failed_resting, resting_duration at_least 3 months), swelling)), "
            "all(bent_knee, bend_angle more_than 40 deg), "
            "all(second_widget, time_since_first_fitting at_least 3 months, lasting_stiffness, body_mass_index less_than "
            "40 kg/m2))"
        ),
        "not-medically-necessary",
    ),
    ("investigational", "knee_widget", "any(boredom, restlessness_of_elbow)", None),
]


@pytest.mark.parametrize("style", STYLES)
def test_html_and_its_print_are_read_alike(style: str, browser: Browser, tmp_path: Path) -> None:
    html = PAGE % STYLES[style]
    (tmp_path / "policy.html").write_text(html, encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "policy.html").as_uri())
    page.pdf(path=tmp_path / "policy.pdf", format="Letter", margin={"top": "1in", "bottom": "1in", "left": "1in", "right": "1in"})
    page.close()
    printed = (tmp_path / "policy.pdf").read_bytes()
    from_html, from_pdf = import_document(html.encode(), "policy.html"), import_document(printed, "policy.pdf")
    assert read_document(printed, "policy.pdf").media_type == "application/pdf"
    assert criteria(from_html) == EXPECTED
    assert criteria(from_pdf) == EXPECTED
    for imported in (from_html, from_pdf):
        assert not_understood(imported) == []
        assert not imported.faults
        assert imported.policy["number"] == "44-11111-02"
        listings = {code["code"]: one["decides"] for one in imported.version["code_listings"] for code in one["codes"]}
        assert listings == {"11111": "with-provisions", "11112": "alone"}
        assert [event["date"] for event in imported.policy["history"]] == ["2010-05-15", "2025-04-15"]

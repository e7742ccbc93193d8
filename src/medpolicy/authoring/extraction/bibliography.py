"""A bibliographic reference, taken apart: authors, title, journal, date, volume, pages, PMID, DOI, address.

References are printed in many styles and with many slips. What surely marks itself (PMID, DOI, address, the year with volume and
pages) is taken out first; what is left before it is authors, title and source, in this order.
"""

from __future__ import annotations

import re
from typing import Any, Final

from medpolicy.authoring.extraction.dates import dates_in

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_YEAR = r"(?:19|20)\d{2}"
_DATE = (
    rf"(?:{_MONTH} \d{{1,2}},? {_YEAR}|\d{{1,2}} {_MONTH} {_YEAR}|{_MONTH},? {_YEAR}|{_YEAR} {_MONTH} \d{{1,2}}(?!\d)"
    rf"|{_YEAR} {_MONTH}|{_YEAR}|\d{{1,2}}/\d{{1,2}}/\d{{2,4}}|(?:0[1-9]|1[0-2])/\d{{2}})"
)
_PAGES = r"[A-Za-z]{0,6}\d[\w()]*(?:\.[a-z]\d+)?(?:\s?[-–]\s?[\w().]*\w)*"
_PUBLISHED = re.compile(
    rf"(?<![\d/–-])(?P<date>{_DATE})(?![\w/])"
    r"(?:\s*[;:,.]?\s*(?:Vol\.?\s*)?(?P<volume>\d{1,4})(?=\s*[(:;,]|\s*$|\.\s|\.$|\s+No))?"
    r"(?:\s*[;:,.]?\s*(?:\((?P<issue>[^)]{1,24})\)|No\.?\s*(?P<issue_number>\d+)))?"
    rf"(?:\s*[:;,]\s*(?P<pages>{_PAGES}))?"
)
_COCHRANE = re.compile(
    rf"(?<!\d)(?P<date>{_YEAR}),?\s*Issue\s*(?P<issue>\d+)\.?\s*(?:Art\.?\s*No\.?:?\s*(?P<pages>[A-Z]{{2}}\d+))?", re.IGNORECASE
)
_PMID = re.compile(r"[;,.]?\s*\bPMID:?\s*(?P<pmid>\d{1,8})\b\.?", re.IGNORECASE)
_PMCID = re.compile(r"[;,.]?\s*\bPMCID:?\s*(?P<pmcid>PMC\d+)\b\.?", re.IGNORECASE)
_UNNAMED_PMID = re.compile(r"\s[A-Z]{4,5}:?\s(?P<pmid>\d{8})\.?$")
_DOI = re.compile(r"\s?\b(?:d?oi:?\s*)?(?:https?://(?:dx\.)?doi\.org/)?(?P<doi>10\.\d{4,9}/\S*[^\s.;,])[.;,]?", re.IGNORECASE)
_EPUB = re.compile(rf"\bEpub\s+(?P<date>{_DATE})\.?", re.IGNORECASE)
_ADDRESS = re.compile(r"<(?P<bracketed>https?://[^>]+)>|(?P<plain>https?://\S*[^\s.,;])")
_DOMAIN = re.compile(
    r"\b(?P<domain>(?:[a-z0-9-]+\.)+(?:com|org|gov|net|edu|int|eu|uk|at|ca|au|de|info|io)(?:/\S*[^\s.,;])?)(?![\w@])"
)
_ACCESSED = re.compile(
    rf"[;,.]?\s*\b(?P<word>accessed|available)\b(?P<middle>(?:\s+(?:at|on|from|URL|address:?|online:?))*)\s*(?P<first>{_DATE})?"
    r"(?P<middle_2>(?:[.,]?\s*(?:available )?(?:at|on|from|URL|address:?))*)\s*"
    rf"(?P<domain>(?:[a-z0-9-]+\.)+[a-z]{{2,4}}(?:/\S*[^\s.,;])?)?(?:\s+on)?\s*(?P<second>{_DATE})?\.?",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    rf"[;,.]?\s*\b(?:page )?(?:last )?(?:updated|edited|revised|modified|effective(?: date)?):?\s*(?P<date>{_DATE})\.?",
    re.IGNORECASE,
)
_CORRECTION = re.compile(r"\s*\((?P<remark>(?:Published )?(?:Correction|Erratum|Corrigendum)\b.*)\)\.?$", re.IGNORECASE)
_PRINTED = re.compile(r"[,.;]?\s*\b(?:published|released):?\s*$", re.IGNORECASE)

_SUFFIX = r"(?:\s+(?:Jr|Sr|2nd|3rd|4th|II|III|IV)\b\.?)?"
_AUTHOR = re.compile(
    rf"(?P<name>(?:[^\W\d_][\w’'‘-]*\s+)(?:[\w’'‘-]+\s+){{0,3}}?[A-ZÀ-Þ]{{1,4}}{_SUFFIX})(?=\s*[,;.]|\s+et\s+al|\s+and\s|$)"
)
_SURNAME_COMMA = re.compile(rf"(?P<surname>[A-ZÀ-Þ][\w’'‘-]+),\s+(?P<initials>[A-ZÀ-Þ]{{1,4}}{_SUFFIX})(?=\s*[,;.]|\s+et\s+al|$)")
_ET_AL = re.compile(r"\s*[,;]?\s*et\.?\s+al\b\s*[.,;:]?\s*", re.IGNORECASE)
_GROUP_AUTHOR = re.compile(r";\s+(?P<group>[^.;]{3,80}?(?:Investigators|Group|Committee|Collaborators))\.\s+")

# A full stop that ends no sentence: initials with stops, and these.
_SENTENCE = re.compile(
    r"(?<!\.[A-Z])(?<!\bvs)(?<!\bSt)(?<!\bNo)(?<!\bVol)(?<!\bed)(?<!\beds)(?<!\bInc)(?<=[^\s.])\.\s+(?!\()|(?<=[?!])\s+"
)
_COMPANY = re.compile(r"^(?P<name>[^.]*?\b(?:Inc|Ltd|Co|Corp|LLC)\.)\s+(?=[A-Z])")
_JOURNAL = re.compile(r"^(?:The )?(?:[A-Z][\w&®]*(?:\s+(?:and|of|in|the|for|&))*\s*){1,8}(?:\([^)]*\))?$")
_IN_BOOK = re.compile(r"(?:^|(?<=[.?!]\s)|(?<=\.))In:?\s+(?P<book>[A-Z].*)$")
_ONLINE_BOOK = re.compile(r"(?P<name>[^,]+), (?P<editors>.+?),? \(?Eds?\.?\)?, (?P=name), (?P<place>.+)")
# Series in which organizations publish; they stand before or behind the title.
_SERIES: Final = re.compile(
    r"[,;.]?\s*(?P<series>(?:NICE )?(?:Interventional Procedures? Guidance|Clinical Guidelines?|Quality Standards?"
    r"|Technology (?:Appraisal|Assessment)(?: Guidance| Report)?|Evidence Positioning System®?)"
    r"(?:,? ?(?!(?:19|20)\d\d(?![:\d]))(?:\d[\d:.]*\d|\d)(?=\s*(?:[:,;]|\.(?!\d)|$)))?)\s*[:.,;]?\s*",
    re.IGNORECASE,
)


def read_reference(text: str) -> tuple[dict[str, Any], list[str]]:
    """The fields of a reference, in the form of the policy files, and what a reviewer should look at.

    `Any`: the values are texts, lists of texts and booleans, as the form asks.
    """
    text = " ".join(text.replace("<http", " <http").split())
    found: dict[str, Any] = {}
    doubts: list[str] = []
    text = _take_identifiers(text, found, doubts)
    head, rest = _take_published(text, found)
    rest = rest.strip(" .;,")
    if rest:
        found["note"] = "; ".join(filter(None, [found.get("note"), f"Further printed: {rest}"]))
        doubts.append("text stands behind the volume and pages that was not read: is it a second work, or a remark?")
    head = _take_authors(head.strip(), found)
    _take_title(head.strip(" ,;"), found, doubts)
    if " et al" in found.get("organization", ""):
        doubts.append("persons stand among the organizations and were not told apart")
    if not found.get("title") and not found.get("organization"):
        doubts.append("no title could be told")
    order = ("authors", "et_al", "organization", "title", "source", "published", "volume", "issue", "pages", "pmid", "doi")
    return {key: found[key] for key in (*order, "address", "accessed", "updated", "note") if found.get(key)}, doubts


# -- what marks itself --------------------------------------------------------------------------------------------


def _take_identifiers(text: str, found: dict[str, Any], doubts: list[str]) -> str:
    notes = []
    if match := _PMCID.search(text):
        notes.append(f"PMCID {match['pmcid']}")
        text = _without(text, match)
    if match := _PMID.search(text):
        found["pmid"] = match["pmid"]
        text = _without(text, match, ". ")
    elif match := _UNNAMED_PMID.search(text):
        found["pmid"] = match["pmid"]
        doubts.append("the number at its end is read as a PMID, though the word before it is another")
        text = _without(text, match)
    if match := _DOI.search(text):
        found["doi"] = match["doi"]
        text = _without(text, match)
    if match := _EPUB.search(text):
        notes.append(f"Epub {match['date']}")
        text = _without(text, match)
    if match := _CORRECTION.search(text):
        notes.append(match["remark"])
        text = _without(text, match)
    if notes:
        found["note"] = "; ".join(notes)
    if match := _UPDATED.search(text):
        found["updated"] = _iso(match["date"])
        text = _without(text, match, ". ")
    if match := _ADDRESS.search(text):
        found["address"] = (match["bracketed"] or match["plain"]).replace(" ", "")
        text = _without(text, match, " ")
    return _take_accessed(text, found)


def _take_accessed(text: str, found: dict[str, Any]) -> str:
    for match in reversed(list(_ACCESSED.finditer(text))):
        if not (match["domain"] or match["first"] or match["second"] or found.get("address")):
            continue
        if match["domain"] and not _DOMAIN.search(match["domain"]):
            continue
        if match["domain"]:
            found.setdefault("address", match["domain"])
        accessed = match["first"] or match["second"]
        if accessed:
            found["accessed"] = _iso(accessed)
        text = _without(text, match)
    return text


def _without(text: str, match: re.Match[str], filler: str = " ") -> str:
    """The text without the match; `filler` stands between what is left, but never two full stops."""
    before, after = text[: match.start()].rstrip(), text[match.end() :].lstrip()
    between = " " if before.endswith(".") else filler
    return f"{before}{between}{after}" if after else before


def _take_published(text: str, found: dict[str, Any]) -> tuple[str, str]:
    """What stands before and behind the date with its volume, issue and pages; all before where there is none."""
    if match := _COCHRANE.search(text):
        found.update(published=match["date"], issue=match["issue"], pages=match["pages"])
        return text[: match.start()].rstrip(" ,;."), text[match.end() :]
    series = [match.span() for match in _SERIES.finditer(text)]
    matches = [match for match in _PUBLISHED.finditer(text) if not any(start <= match.start() < end for start, end in series)]
    placed = [match for match in matches if match["volume"] or match["issue"] or match["issue_number"] or match["pages"]]
    closing = [match for match in matches if not text[match.end() :].strip(" .;,")]
    chosen = (placed or closing)[-1:]
    if not chosen:
        return text, ""
    match = chosen[0]
    issue = match["issue"] or match["issue_number"]
    found.update(published=_iso(match["date"]), volume=match["volume"], issue=issue, pages=match["pages"])
    return _PRINTED.sub("", text[: match.start()].rstrip(" ")).rstrip(" ,;."), text[match.end() :]


def _iso(text: str) -> str:
    dates = dates_in(text)
    if dates:
        return dates[0].iso
    if match := re.fullmatch(r"(\d{2})/(\d{2})", text):
        return f"20{match[2]}-{match[1]}"
    year = re.search(_YEAR, text)
    return year.group() if year else ""


# -- authors, title, source ---------------------------------------------------------------------------------------


def _take_authors(text: str, found: dict[str, Any]) -> str:
    authors: list[str] = []
    at = 0
    while True:
        if match := _AUTHOR.match(text, at):
            authors.append(" ".join(match["name"].split()))
        elif match := _SURNAME_COMMA.match(text, at):
            authors.append(f"{match['surname']} {match['initials']}")
        else:
            break
        at = match.end()
        if et_al := _ET_AL.match(text, at):
            found["et_al"] = True
            at = et_al.end()
            break
        if group := _GROUP_AUTHOR.match(text, at):
            authors.append(group["group"])
            at = group.end()
            break
        separator = re.match(r"\s*(?:,\s*(?:and\s+|&\s*)?|;\s+|\s+and\s+|\.\s*)", text[at:])
        at += separator.end() if separator else 0
        if separator is None or separator.group().strip() == ".":
            break
        if et_al := _ET_AL.match(text, at):
            found["et_al"] = True
            at = et_al.end()
            break
    found["authors"] = authors
    return text[at:] if authors else text


def _take_title(text: str, found: dict[str, Any], doubts: list[str]) -> None:
    if not found["authors"]:
        text = _take_organization(text, found)
        if match := _SERIES.search(text):
            found["source"] = match["series"].strip(" ,.;:")
            text = f"{text[: match.start()]} {text[match.end() :]}".strip(" ,;.")
            if not found.get("published") and (year := re.search(_YEAR, found["source"])):
                found["published"] = year.group()
            found["title"] = text
            return
    if match := _IN_BOOK.search(text):
        book = match["book"].strip(" ,;.")
        online = _ONLINE_BOOK.fullmatch(book)
        found["source"] = f"{online['name']}, {online['place']} (editors: {online['editors']})" if online else book
        found["title"] = text[: match.start()].strip(" .,;")
        return
    sentences = _sentences(text)
    is_article = bool(found.get("volume") or found.get("pages") or found.get("issue")) or bool(
        found["authors"] and found.get("published")
    )
    if is_article and not found.get("source"):
        if len(sentences) > 1:
            found["source"] = sentences.pop()
        else:
            sentences = _split_off_source(sentences, found, doubts)
    found["title"] = " ".join(
        f"{part}." if at < len(sentences) - 1 and part[-1] not in "?!" else part for at, part in enumerate(sentences)
    )
    found["title"] = found["title"].strip("“”\"' ")


def _take_organization(text: str, found: dict[str, Any]) -> str:
    if company := _COMPANY.match(text):
        found["organization"] = company["name"]
        return text[company.end() :]
    series = _SERIES.search(text)
    pieces = _SENTENCE.split(text, maxsplit=1)
    if len(pieces) > 1 and not (series and 0 < series.start() < len(pieces[0])):
        found["organization"] = pieces[0].strip(" ,;")
        return pieces[1]
    if series and series.start() > 0:
        found["organization"] = text[: series.start()].strip(" ,;.")
        return text[series.start() :]
    organization, comma, title = text.partition(", ")
    found["organization"] = organization.strip(" ,;.")
    return title if comma else ""


def _split_off_source(sentences: list[str], found: dict[str, Any], doubts: list[str]) -> list[str]:
    """The journal behind the title's last comma or semicolon, where no full stop parts them."""
    if not sentences:
        return sentences
    for separator in ("; ", ", "):
        title, found_separator, journal = sentences[0].rpartition(separator)
        if found_separator and _JOURNAL.match(journal):
            found["source"] = journal
            doubts.append("no full stop parts the title from the journal: is the journal read right?")
            return [title]
    doubts.append("title and journal could not be told apart")
    return sentences


def _sentences(text: str) -> list[str]:
    return [part.strip(" .") for part in _SENTENCE.split(text) if part and part.strip(" .")]

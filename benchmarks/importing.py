"""`medpolicy import`: a Markdown policy beyond the process's start-up, the same policy repeated up to the largest text that is
read, a page that is dense with statements, and a PDF of 100 pages against the bare text of PDFium, pypdf and pdfplumber.

That each of them reads the same words of the PDF is verified; only ours makes a draft and a ledger of them.
The documents are the payers' own (`../shared/documents`); where they are absent the benchmark says so and ends.
"""

from __future__ import annotations

import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pypdfium2

DOCUMENTS = Path(__file__).resolve().parents[2] / "shared" / "documents"
PAIRS = 15
PAGES = 100
# Each prints the text of the PDF: the libraries that one would take for it.
_READERS = {
    "PDFium's bare text (pypdfium2)": """
import sys, pypdfium2
for page in pypdfium2.PdfDocument(sys.argv[1]):
    print(page.get_textpage().get_text_range())
""",
    "pypdf's": """
import sys, pypdf
for page in pypdf.PdfReader(sys.argv[1]).pages:
    print(page.extract_text())
""",
    "pdfplumber's": """
import sys, pdfplumber
with pdfplumber.open(sys.argv[1]) as document:
    for page in document.pages:
        print(page.extract_text())
""",
}
INVENTED = Path(__file__).resolve().parents[1] / "tests" / "invented" / "bulletin.html"
DENSE = 4_190_000  # bytes; a text has at most 4 MiB


def _seconds(command: list[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    return time.perf_counter() - start


def hundred_pages(target: Path) -> None:
    """The payers' PDFs, one after the other, until there are 100 pages."""
    whole = pypdfium2.PdfDocument.new()
    sources = [pypdfium2.PdfDocument(file) for file in sorted(DOCUMENTS.glob("*.pdf"))]
    while len(whole) < PAGES:
        for source in sources:
            whole.import_pages(source, list(range(min(len(source), PAGES - len(whole)))))
    whole.save(target)


def repeated(environment: dict[str, str], medpolicy: str, folder: Path) -> None:
    """Print how long the policy takes that is repeated to 1 MiB, and to 4 MiB, the largest text that is read."""
    text = (DOCUMENTS / "bcbsma-254.md").read_bytes() + b"\n"
    for size in (1, 4):
        document = folder / f"repeated-{size}.md"
        document.write_bytes(text * (size * 2**20 // len(text)))
        command = [medpolicy, "import", str(document), "-o", str(folder / f"repeated-{size}"), "--force"]
        start = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        memory = _most_memory(command, environment)
        seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - start
        print(
            f"`medpolicy import` of bcbsma-254.md repeated to {size} MiB: {seconds:.1f} s of one core, {memory:.0f} MiB at most"
        )


def dense(environment: dict[str, str], medpolicy: str, folder: Path) -> None:
    """Print what an invented bulletin takes whose body stands again and again in one page."""
    head, body, foot = re.split(r"(?<=<body>)|(?=</body>)", INVENTED.read_text(encoding="utf-8"))
    document = folder / "dense.html"
    document.write_text(head + body * (DENSE // len(body.encode())) + foot, encoding="utf-8")
    start = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    memory = _most_memory([medpolicy, "import", str(document), "-o", str(folder / "dense"), "--force"], environment)
    seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - start
    print(f"`medpolicy import` of a page of 4 MiB, dense with statements: {seconds:.1f} s of one core, {memory:.0f} MiB at most")


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W_]+", text))


def pages(pdf: Path, medpolicy: str, environment: dict[str, str]) -> tuple[float, float]:
    """Print how long the PDF takes with its ledger, against the bare text of others; seconds, and MiB at most."""
    output = pdf.with_name("pdf")
    ours = [medpolicy, "import", str(pdf), "-o", str(output), "--force"]
    commands = {name: [sys.executable, "-c", script, str(pdf)] for name, script in _READERS.items()}
    _seconds(ours, environment)
    (ledger,) = output.rglob("ledger.json")
    read = _words("\n".join(line["text"] for line in json.loads(ledger.read_text(encoding="utf-8"))["lines"]))
    for name, command in commands.items():
        text = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
        if _words(text) != read:
            raise SystemExit(f"{name} reads other words of the PDF than we do")
    rounds = [{name: _seconds(command, environment) for name, command in {"": ours, **commands}.items()} for _ in range(3)]
    taken = {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}
    memory = _most_memory(ours, environment)
    print(f"a PDF of {PAGES} pages ({read.total():,} words, the same by each), imported with its ledger: {taken['']:.2f} s,")
    print(f"  {memory:.0f} MiB at most")
    for name in commands:
        print(f"  {taken[''] / taken[name]:8.2f}x  of {name} ({taken[name]:.2f} s)")
    return taken[""], memory


def _most_memory(command: list[str], environment: dict[str, str]) -> float:
    """The most memory that a command takes, in MiB. A draft of a document that repeats itself does not load: any end is good."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return used.ru_maxrss / 1024


def run() -> dict[str, float]:
    """Print the figures; by name."""
    if not DOCUMENTS.is_dir():
        print("`medpolicy import`: the payers' documents are not here (../shared/documents), so nothing was measured")
        return {}
    medpolicy = str(Path(sys.executable).with_name("medpolicy"))
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "MEDPOLICY_CACHE": f"{folder}/cache"}
        document = str(DOCUMENTS / "bcbsma-254.md")
        imports = [medpolicy, "import", document, "--issuer", "bcbsma", "-o", f"{folder}/drafts", "--force"]
        helps = [medpolicy, "import", "--help"]  # loads all that the command needs, and does nothing
        _seconds(imports, environment)
        beyond, whole = [], []
        for _ in range(PAIRS):
            start_up = _seconds(helps, environment)
            whole.append(_seconds(imports, environment))
            beyond.append(whole[-1] - start_up)
        print(
            "`medpolicy import bcbsma-254.md` as a whole process (228 lines, 37 references, the ledger's page and JSON written):"
        )
        print(
            f"  {statistics.median(beyond):.3f} s beyond its start-up (median of {PAIRS} pairs); whole {statistics.median(whole):.3f} s"
        )
        repeated(environment, medpolicy, Path(folder))
        dense(environment, medpolicy, Path(folder))
        pdf = Path(folder) / "hundred.pdf"
        hundred_pages(pdf)
        seconds, memory = pages(pdf, medpolicy, environment)
        return {"beyond": statistics.median(beyond), "pdf": seconds, "memory": memory}


if __name__ == "__main__":
    run()

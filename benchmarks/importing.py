"""`medpolicy import`: a Markdown policy beyond the process's start-up, the same policy repeated up to the largest text that is
read, and a PDF of 100 pages against PDFium's bare text.

The documents are the payers' own (`../shared/documents`); where they are absent the benchmark says so and ends.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pypdfium2

DOCUMENTS = Path(__file__).resolve().parents[2] / "shared" / "documents"
PAIRS = 15
PAGES = 100
_BARE = """
import sys, pypdfium2
document = pypdfium2.PdfDocument(sys.argv[1])
print(sum(len(page.get_textpage().get_text_range().split("\\r\\n")) for page in document))
"""


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
        pdf = Path(folder) / "hundred.pdf"
        hundred_pages(pdf)
        ours = [medpolicy, "import", str(pdf), "-o", f"{folder}/pdf", "--force"]
        bare = [sys.executable, "-c", _BARE, str(pdf)]
        pairs = [(_seconds(bare, environment), _seconds(ours, environment)) for _ in range(3)]
        floor, seconds = (statistics.median(column) for column in zip(*pairs, strict=True))
        memory = _most_memory(ours, environment)
        print(f"a PDF of {PAGES} pages, imported with its ledger:")
        print(
            f"  {seconds / floor:8.2f}x  of PDFium's bare text ({seconds:.2f} s against {floor:.2f} s), {memory:.0f} MiB at most"
        )
        return {"beyond": statistics.median(beyond), "pdf": seconds, "memory": memory}


if __name__ == "__main__":
    run()

"""Answers with the lines of attached documents in them, where there are any."""

from __future__ import annotations

import sys
from typing import Any

from medpolicy.cli.screen import printable
from medpolicy.formats.attached_documents import AttachedDocuments, data_directory
from medpolicy.review.quote import with_quotes


class Quotes:
    """Adds quotes to answers; a document whose stored lines are damaged is named once on standard error, and not quoted."""

    def __init__(self) -> None:
        self._documents = AttachedDocuments(data_directory())
        self._any = bool(self._documents)
        self._told = 0

    def added_to(self, answer: dict[str, Any]) -> dict[str, Any]:
        """The answer with a quote in each citation whose document is attached."""
        if not self._any:
            return answer
        quoted: dict[str, Any] = with_quotes(answer, self._documents.lines)
        for file in self._documents.damaged[self._told :]:
            sys.stderr.write(f"medpolicy: {printable(str(file))}: damaged, so not quoted; attach the document again\n")
        self._told = len(self._documents.damaged)
        return quoted

"""What holds for all that the conditions leave: "not covered when these are not met", "all other uses are investigational".

One statement takes it as its `otherwise`. Where several set conditions for one service, what is left is what meets none of them:
that is a statement of its own, since the `otherwise` of one would contradict the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from medpolicy.authoring.extraction import statement_patterns as patterns
from medpolicy.authoring.extraction.context import Extraction, Ids, Item, mark, slug
from medpolicy.authoring.extraction.statement_text import content_words, core_of
from medpolicy.authoring.outline import Section


@dataclass(slots=True)
class ReadStatement:
    """A provision on its way: what it speaks of, for finding what a later sentence refers back to."""

    provision: Item
    subject: str
    section: Section
    lines: list[int] = field(default_factory=list)


class Leftovers:
    """Says of earlier statements what holds otherwise. `statements`: those so far, to which it may add one; `spell`: writes
    abbreviations out."""

    def __init__(self, extraction: Extraction, statements: list[ReadStatement], ids: Ids, spell: Callable[[str], str]) -> None:
        self.definitions: list[Item] = []
        self._extraction = extraction
        self._statements = statements
        self._ids = ids
        self._spell = spell

    def all_else(self, section: Section, stance: str, lines: list[int], *, of: str = "") -> bool:
        """ "All other indications are ...": what holds otherwise for each statement of the section that leaves it open.

        `of`: the service that it speaks of, if it names one.
        """
        wanted = content_words(self._spell(of)) - patterns.WORDS_OF_ANY_SERVICE
        if of and not wanted:
            return False
        conditional = [
            statement
            for statement in self._statements
            if "criteria" in statement.provision
            and statement.provision["stance"] not in (stance, "delegated")
            and statement.provision.get("otherwise") in (None, stance)
            and wanted <= content_words(self._spell(statement.subject))
        ]
        necessary = [one for one in conditional if one.provision["stance"] == "medically-necessary"] or conditional
        open_ones = [statement for statement in necessary if statement.section is section] or necessary
        groups: dict[tuple[str, str], list[ReadStatement]] = {}
        for statement in open_ones:
            groups.setdefault(_service_of(statement), []).append(statement)
        for group in groups.values():
            self._leave(group, section, stance, lines)
            if len(groups) > 1 or of:
                for statement in group:
                    mark(statement.provision, f"“all other” of line {lines[0]} was read for each statement of the section")
        return bool(open_ones)

    def unmet(self, section: Section, subject: str, stance: str, lines: list[int]) -> bool:
        """Attach the stance to the earlier statement about the same service; False where there is none."""
        spell = self._spell
        wanted = content_words(spell(patterns.ALL_OTHER.sub("", patterns.UNMET.sub("", subject))))
        best: tuple[float, ReadStatement] | None = None
        settled: tuple[float, ReadStatement] | None = None  # of which another sentence says something else already
        named: list[tuple[frozenset[str], ReadStatement]] = []
        for statement in self._statements:
            known = statement.provision.get("otherwise")
            if statement.provision["stance"] == stance or "criteria" not in statement.provision:
                continue
            if stance != "medically-necessary" and statement.provision["stance"] not in ("medically-necessary", "delegated"):
                continue  # "A is not necessary for B. All other uses of A are investigational": that is no rest of what B leaves
            own = content_words(spell(statement.subject))
            alike = len(wanted & own) / max(1, len(wanted | own))
            if statement.section is section:
                alike += 0.1
            if known not in (None, stance):
                if alike >= max(patterns.ALIKE, settled[0] if settled is not None else 0):
                    settled = (alike, statement)
                continue
            if own and own < wanted and statement.section.kind is section.kind:
                named.append((own, statement))
            if best is None or alike >= best[0]:
                best = (alike, statement)
        # A sentence may speak of two services at once: "A and B are ... when the criteria are not met".
        both = [statement for own, statement in named if not any(own < other for other, _ in named)]
        if len(both) > 1 and set().union(*(own for own, _ in named)) == wanted:
            found = both
        elif settled is not None and (best is None or settled[0] > best[0]):
            provision = settled[1].provision
            mark(
                provision,
                f"line {lines[0]} says {patterns.STANCE_WORDS[stance]} of what is left, and another line "
                f"{patterns.STANCE_WORDS[provision['otherwise']]}: which of them holds where?",
            )
            self._extraction.use(lines, f"provisions[{provision['id']}].otherwise")
            return True
        elif best is not None and best[0] >= patterns.ALIKE:
            for group in self._meant(wanted, best[1]):
                self._leave(group, section, stance, lines)
            return True
        else:
            return False
        for statement in found:
            self.attach(statement, section, stance, lines)
        return True

    def _meant(self, wanted: frozenset[str], best: ReadStatement) -> list[list[ReadStatement]]:
        """The statements of the service that is meant; of "widgets" also those of first and of continued widgets."""
        found = [self._of_the_same_service(best)]
        if wanted >= content_words(self._spell(best.subject)):
            return found
        for statement in self._statements:
            provision = statement.provision
            if any(statement is other for group in found for other in group) or "criteria" not in provision:
                continue
            own = content_words(self._spell(statement.subject))
            alike = provision["stance"] == best.provision["stance"] and statement.section.kind is best.section.kind
            if alike and "otherwise" not in provision and wanted and wanted < own:
                mark(provision, "a sentence on what is left names its service in part, and was read for it too: is it meant?")
                found.append(self._of_the_same_service(statement))
        return found

    def _of_the_same_service(self, statement: ReadStatement) -> list[ReadStatement]:
        """The statements that set conditions for the service of one of them, and leave open what holds otherwise."""
        if "when" not in statement.provision or "otherwise" in statement.provision:
            return [statement]
        service = _service_of(statement)
        return [
            other
            for other in self._statements
            if other.section.kind is statement.section.kind
            and "criteria" in other.provision
            and "otherwise" not in other.provision
            and other.provision["stance"] == statement.provision["stance"]
            and _service_of(other) == service
        ]

    def _leave(self, statements: Sequence[ReadStatement], section: Section, stance: str, lines: list[int]) -> None:
        """Say what holds where none of the statements' conditions is met."""
        if len(statements) == 1:
            self.attach(statements[0], section, stance, lines)
            return
        first = statements[0].provision
        name = core_of(statements[0].subject)
        provision: Item = {
            "id": self._ids.give(f"{slug(name) or 'service'}-otherwise"),
            "text": f"{name[:1].upper()}{name[1:]}: {patterns.STANCE_WORDS[stance]} where no statement's conditions hold.",
            "stance": stance,
            "when": first["when"],
            "criteria": {"all": [{"not": self.as_definition(statement)} for statement in statements]},
        }
        if "lines_of_business" in first:
            provision["lines_of_business"] = first["lines_of_business"]
        mark(
            provision,
            f"it was read for what meets the conditions of none of {len(statements)} statements about this service: is it?",
        )
        provision["citation"] = self._extraction.cite(section, lines)
        self._statements.append(ReadStatement(provision, statements[0].subject, section, lines))
        self._extraction.use(lines, f"provisions[{provision['id']}]")

    def as_definition(self, statement: ReadStatement) -> Item:
        """The criteria of a statement by reference, so that another one can point to them too."""
        provision = statement.provision
        if set(provision["criteria"]) != {"see"}:
            name = f"criteria-of-{provision['id']}"
            self.definitions.append(
                {
                    "id": name,
                    "text": f"The criteria for {core_of(statement.subject)}.",
                    "criteria": provision["criteria"],
                    "citation": provision["citation"],
                }
            )
            provision["criteria"] = {"see": name}
        return dict(provision["criteria"])

    def attach(self, statement: ReadStatement, section: Section, stance: str, lines: list[int]) -> None:
        """Say in the statement itself what holds where its criteria are not met."""
        provision = statement.provision
        self._extraction.use(lines, f"provisions[{provision['id']}].otherwise")
        if "otherwise" in provision:
            return  # said before, in other words
        provision["otherwise"] = stance
        provision["otherwise_text"] = f"Where these criteria are not met it is {patterns.STANCE_WORDS[stance]}."
        provision["otherwise_citation"] = self._extraction.cite(section, lines)
        if "when" not in provision:
            mark(provision, "`otherwise` needs a `when` that says of which service it speaks")


def _service_of(statement: ReadStatement) -> tuple[str, str]:
    """Of which service a statement speaks, and for whom."""
    provision = statement.provision
    when = provision.get("when", provision["id"])
    return str(when), str(provision.get("lines_of_business"))

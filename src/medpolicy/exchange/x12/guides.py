"""A transaction's segments against its implementation guide, by pyx12's maps.

Segments out of place, missing or too many reject the transaction, since nobody can say whose they are; so do levels (HL) that
are not in sequence. An element that is not as the guide wants it is reported and does not: whether its line can be used shows
when it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final

from medpolicy.errors import UsageError
from medpolicy.exchange.x12.findings import ELEMENT, SEGMENT, Finding
from medpolicy.exchange.x12.segments import Segment

PROFESSIONAL: Final = "professional"
INSTITUTIONAL: Final = "institutional"
# By the beginning of ST03 or GS08: which kind of claims, and pyx12's map.
_GUIDES: Final = {
    "005010X222": (PROFESSIONAL, "837.5010.X222.A1.xml"),
    "005010X223": (INSTITUTIONAL, "837Q3.I.5010.X223.A1.xml"),
    "004010X098": (PROFESSIONAL, "837.4010.X098.A1.xml"),
    "004010X096": (INSTITUTIONAL, "837.4010.X096.A1.xml"),
}
_GROUP_LOOP: Final = "/ISA_LOOP/GS_LOOP"
_REFERENCE: Final = re.compile(r"[A-Z][A-Z0-9]{1,2}?(\d\d)(?:-(\d+))?$")
_NOT_USED: Final = "marked as not used"  # pyx12 gives a segment that the guide does not use the code of one out of place


def kind_of(guide: str) -> str | None:
    """Whether the guide is of professional or of institutional claims; None where it is none that is read."""
    found = _GUIDES.get(guide[:10])
    return found[0] if found else None


@cache
def _map(guide: str) -> Any:  # pyx12 has no types
    try:
        import pyx12.map_if
        import pyx12.params
    except ImportError:
        raise UsageError("837 files need an extra; install it with: pip install 'medpolicy[x12]'") from None
    return pyx12.map_if.load_map_file(_GUIDES[guide[:10]][1], pyx12.params.ParamsBase())


@cache
def _known_ids(guide: str) -> frozenset[str]:
    return frozenset(_ids_below(_map(guide)))


def _ids_below(node: Any) -> Iterator[str]:
    if node.is_segment():
        yield node.id
        return
    for children in node.pos_map.values():
        for child in children:
            yield from _ids_below(child)


_ElementFault = tuple[str, int | None, int | None]  # code, element, component
_MOST_REMEMBERED: Final = 50_000


class ElementFaults:
    """What is wrong with a segment's elements, remembered by its text: many segments of a file are the same, and half of pyx12's
    time goes into their elements."""

    def __init__(self) -> None:
        self._remembered: dict[tuple[int, str], tuple[_ElementFault, ...]] = {}

    def of(self, node: Any, written: str, segment: Any) -> tuple[_ElementFault, ...]:
        """`written` is the text of pyx12's `segment`, whose place in the guide is `node`."""
        key = (id(node), written)  # maps are kept until the process ends, so an id is of one node only
        found = self._remembered.get(key)
        if found is None:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            found = self._remembered[key] = tuple(_of_elements(node.is_valid_errors(segment)[1]))
        return found


class GuideChecker:
    """Follows one transaction, segment by segment."""

    def __init__(self, guide: str, elements: ElementFaults) -> None:
        self._elements = elements
        self._known = _known_ids(guide)
        from pyx12.map_walker import walk_tree

        self._walker = walk_tree()
        self._walker.forceWalkCounterToLoopStart("/ISA_LOOP", "/ISA_LOOP/ISA")
        self._walker.forceWalkCounterToLoopStart(_GROUP_LOOP, f"{_GROUP_LOOP}/GS")
        self._node = _map(guide).getnodebypath(f"{_GROUP_LOOP}/GS")
        self._levels: list[str] = []
        self._line = 0

    def check(self, segment: Segment, position: int) -> Iterator[Finding]:
        """What is wrong with the next segment, whose number in the transaction is `position`."""
        import pyx12.segment
        from pyx12.errors import EngineError

        if not segment.has_id:
            yield Finding(SEGMENT, "1", "", position, segment.position)
            return
        separators = segment.delimiters
        try:
            written = separators.element.join(segment.elements)
            theirs = pyx12.segment.Segment(written, separators.segment, separators.element, separators.component)
            found, _, _, faults = self._walker.walk_errors(self._node, theirs, position, segment.position, None)
            yield from (self._of_structure(fault, segment, position) for fault in faults)
            if found is not None:
                self._node = found
                for code, element, component in self._elements.of(found, written, theirs):
                    yield Finding(ELEMENT, code, segment.id, position, segment.position, None, element, component, rejects=False)
        except (EngineError, AttributeError, IndexError, TypeError, ValueError):  # what pyx12 raises for odd segments
            yield Finding(SEGMENT, "8", segment.id, position, segment.position)
        yield from self._of_sequence(segment, position)

    def _of_structure(self, fault: Any, segment: Segment, position: int) -> Finding:
        code, of, loop = fault.err_cde, segment.id, None
        if code == "1" and segment.id in self._known:
            code = "2"
        elif code == "2" and _NOT_USED in fault.err_str:
            code = "I4"
        elif code == "3":
            of = fault.seg_data.get_seg_id()
        node = fault.map_node
        if code != "1" and node is not None:
            loop = (node if node.is_loop() else node.parent).id
        return Finding(SEGMENT, code, of, position, segment.position, loop)

    def _of_sequence(self, segment: Segment, position: int) -> Iterator[Finding]:
        """HL01 counts from 1 through the transaction, HL02 names a level above; LX01 counts from 1 in its claim."""
        if segment.id == "HL":
            number, parent = segment.value(1), segment.value(2)
            if number != str(len(self._levels) + 1):
                yield Finding(ELEMENT, "7", "HL", position, segment.position, element=1)
            if parent and parent not in self._levels:
                yield Finding(ELEMENT, "7", "HL", position, segment.position, element=2)
            self._levels.append(number)
        elif segment.id == "CLM":
            self._line = 0
        elif segment.id == "LX":
            self._line += 1
            if segment.value(1) != str(self._line):
                yield Finding(ELEMENT, "7", "LX", position, segment.position, element=1, rejects=False)


def _of_elements(faults: Iterable[Any]) -> Iterator[_ElementFault]:
    for fault in faults:
        reference = _REFERENCE.search(str(fault.refdes or ""))
        element = int(reference[1]) if reference else None
        component = int(reference[2]) if reference and reference[2] else None
        yield fault.err_cde, element, component

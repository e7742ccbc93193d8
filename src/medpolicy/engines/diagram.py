"""Decision diagrams: what every completion of the unknown comes to, without looking at each.

A node asks one variable, each of whose regions (see `completions.py`) leads to a node or an end. Variables stand in one
order, equal nodes are one, and a node whose branches all lead to the same place is left out. So the diagram of a function
is unique, and a variable stands in it exactly if the function depends on it (R. E. Bryant, "Graph-Based Algorithms for
Boolean Function Manipulation", IEEE Trans. Comput. C-35(8), 1986; here with more than two branches).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

from medpolicy.errors import InvalidModel

Allowed = Mapping[int, Sequence[int]]  # variable: the regions that are still possible; not in it: all

_LAST = 1 << 30  # an end asks after every variable
MAXIMUM_NODES = 200_000


class Diagrams:
    """The nodes of diagrams over one order of variables; a diagram is the number of its root."""

    def __init__(self, widths: Sequence[int]) -> None:
        """`widths`: how many regions each variable has, in the order of the variables."""
        self.widths = tuple(widths)
        self.variable: list[int] = []
        self.below: list[tuple[int, ...]] = []
        self.value: list[Hashable] = []
        self._unique: dict[tuple[int, Hashable], int] = {}

    def end(self, value: Hashable) -> int:
        """The diagram that is this value always."""
        return self._node(_LAST, (), value)

    def choice(self, variable: int, below: tuple[int, ...]) -> int:
        """The diagram that asks a variable and goes on, by region."""
        first = below[0]
        if all(node == first for node in below):
            return first
        return self._node(variable, below, None)

    def _node(self, variable: int, below: tuple[int, ...], value: Hashable) -> int:
        key = (variable, below or (value,))
        found = self._unique.get(key)
        if found is None:
            found = self._unique[key] = len(self.variable)
            if found >= MAXIMUM_NODES:
                raise InvalidModel("the criteria are too entangled to be decided exactly; split the statement")
            self.variable.append(variable)
            self.below.append(below)
            self.value.append(value)
        return found

    def combined(self, function: Callable[[Hashable, Hashable], Hashable], one: int, other: int) -> int:
        """The diagram of a function of two diagrams' values."""
        memo: dict[tuple[int, int], int] = {}

        def combine(left: int, right: int) -> int:
            found = memo.get((left, right))
            if found is None:
                variable = min(self.variable[left], self.variable[right])
                if variable == _LAST:
                    found = self.end(function(self.value[left], self.value[right]))
                else:
                    lefts = self._branches(left, variable)
                    rights = self._branches(right, variable)
                    found = self.choice(variable, tuple(map(combine, lefts, rights)))
                memo[left, right] = found
            return found

        return combine(one, other)

    def mapped(self, function: Callable[[Hashable], Hashable], root: int) -> int:
        """The diagram of a function of a diagram's value."""
        memo: dict[int, int] = {}

        def follow(node: int) -> int:
            found = memo.get(node)
            if found is None:
                if self.variable[node] == _LAST:
                    found = self.end(function(self.value[node]))
                else:
                    found = self.choice(self.variable[node], tuple(map(follow, self.below[node])))
                memo[node] = found
            return found

        return follow(root)

    def _branches(self, node: int, variable: int) -> tuple[int, ...]:
        if self.variable[node] == variable:
            return self.below[node]
        return (node,) * self.widths[variable]

    # -- with something known; nothing below changes the diagrams ------------------------------------------------

    def ends(self, root: int, allowed: Allowed) -> set[Hashable]:
        """The values that can still come out."""
        found: set[Hashable] = set()
        seen: set[int] = set()
        stack = [root]
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            variable = self.variable[node]
            if variable == _LAST:
                found.add(self.value[node])
                continue
            below = self.below[node]
            regions = allowed.get(variable)
            stack.extend(below if regions is None else [below[region] for region in regions])
        return found

    def is_settled(self, root: int, allowed: Allowed) -> tuple[bool, Hashable]:
        """Whether only one value can still come out, and one that can."""
        value: Hashable = None
        known = False
        seen: set[int] = set()
        stack = [root]
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            variable = self.variable[node]
            if variable == _LAST:
                if known and self.value[node] != value:
                    return False, value
                known, value = True, self.value[node]
                continue
            below = self.below[node]
            regions = allowed.get(variable)
            stack.extend(below if regions is None else [below[region] for region in regions])
        return True, value

    def deciding(self, root: int, allowed: Allowed) -> set[int]:
        """The variables on which the value still depends."""
        reduced: dict[int, int] = {}  # node: what it is reduced to, by a number of its own
        unique: dict[tuple[int, Hashable], int] = {}
        asking: list[int] = []
        below_of: list[tuple[int, ...]] = []

        def reduce(node: int) -> int:
            found = reduced.get(node)
            if found is not None:
                return found
            variable = self.variable[node]
            if variable == _LAST:
                key: tuple[int, Hashable] = (_LAST, self.value[node])
                below: tuple[int, ...] = ()
            else:
                regions = allowed.get(variable)
                branches = self.below[node]
                below = tuple(map(reduce, branches if regions is None else [branches[region] for region in regions]))
                if all(other == below[0] for other in below):
                    reduced[node] = below[0]
                    return below[0]
                key = (variable, below)
            found = unique.get(key)
            if found is None:
                found = unique[key] = len(asking)
                asking.append(variable)
                below_of.append(below)
            reduced[node] = found
            return found

        stack = [reduce(root)]
        seen: set[int] = set()
        variables: set[int] = set()
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            if asking[node] != _LAST:
                variables.add(asking[node])
                stack.extend(below_of[node])
        return variables

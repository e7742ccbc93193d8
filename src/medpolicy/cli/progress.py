"""How far long work is, on a line that is written over, with its rate and the time that it will still take."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Container, Mapping

from medpolicy.cli.screen import is_terminal

Told = Callable[[str, int, int], None]
_EVERY: float = 0.2  # seconds between two lines at a terminal
_EVERY_IN_A_LOG: float = 60.0


def progress_of(units: Mapping[str, str], *, after: float = 0.0, uneven: Container[str] = ()) -> Told:
    """Tells phase, done and total on standard error: at a terminal on one line, in a log once a minute.

    `units`: by phase, empty where the phase names its own. `after`: seconds from now for which nothing is said, so that short
    work passes in silence. `uneven`: phases whose steps take each their own time; how many there are a second tells nothing.
    """
    terminal = is_terminal(sys.stderr)
    started: dict[str, tuple[float, int]] = {}
    begin = last = time.perf_counter()

    def tell(phase: str, done: int, total: int) -> None:
        nonlocal last
        now = time.perf_counter()
        start, at_first = started.setdefault(phase, (now, done))
        ended = done >= total
        if now - begin < after:
            return
        if not ended and now - last < (_EVERY if terminal else _EVERY_IN_A_LOG) and not (terminal and phase in uneven):
            return
        if not terminal and ended and now - start < _EVERY_IN_A_LOG:
            return
        last = now
        rate = (done - at_first) / max(now - start, 1e-6)
        text = f"{phase}: {done:,} of {total:,} {units[phase]}".rstrip()
        if done > at_first and phase not in uneven:
            text += f", {rate:,.0f} a second" + ("" if ended else f", {_time(max(total - done, 0) / rate)} left")
        sys.stderr.write(f"\r{text}\x1b[K" + ("\n" if ended else "") if terminal else text + "\n")
        sys.stderr.flush()

    return tell


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:,.0f} s"
    return f"{seconds / 60:,.0f} min" if seconds < 5400 else f"{seconds / 3600:,.1f} h"

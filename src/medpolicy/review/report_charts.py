"""Charts of reports: Vega-Lite by Altair, drawn as SVG beforehand, so that a page needs no script and is the same offline.

A chart is drawn twice, for a wide and for a narrow screen, as text in a drawing shrinks with it. The colours of a drawing are the
page's, which has them for light, dark and paper; whoever takes the specification along has those for light.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from medpolicy.errors import UsageError

WIDE: Final = 1040
NARROW: Final = 330
_VEGA_LITE: Final = "6.4"
_FONT: Final = "Liberation Sans, Arial, Helvetica, sans-serif"  # of one width, and vl-convert brings it along to measure by


class Colour(NamedTuple):
    """A colour by its name in the page's style, for a light and for a dark ground: at least 3 to 1 against either."""

    name: str
    light: str
    dark: str


PALETTE: Final = (
    Colour("covered", "#1b6ca8", "#5aa9e0"),
    Colour("not-covered", "#9c2a12", "#f0806a"),
    Colour("conditional", "#b97f00", "#e3b341"),
    Colour("indeterminate", "#6f4fa3", "#b79cf0"),
    Colour("not-addressed", "#7a848d", "#98a2ab"),
    Colour("ink", "#1d2329", "#e6e9eb"),
    Colour("quiet", "#57616b", "#a3adb6"),
    Colour("rule", "#d5dade", "#3a434b"),
    Colour("card", "#ffffff", "#1d2226"),
)
_LIGHT: Final = {colour.name: colour.light for colour in PALETTE}
_COLOUR: Final = re.compile(f'(?<=")(?:{"|".join(colour.light for colour in PALETTE)})(?=")')
_NAMES: Final = {colour.light: colour.name for colour in PALETTE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A chart as SVG, wide and narrow, with what it shows in words. `specification`: Vega-Lite of the wide one, as JSON."""

    id: str
    title: str
    alt: str
    wide: str
    narrow: str
    specification: str

    @property
    def address(self) -> str:
        """The specification as a `data:` address."""
        return "data:application/json;base64," + base64.b64encode(self.specification.encode()).decode()


class Series(NamedTuple):
    """What the parts of a bar stand for: the parts' values in their order, with the words of each and the name of its colour."""

    values: tuple[str, ...]
    words: tuple[str, ...]
    colours: tuple[str, ...]


class Bar(NamedTuple):
    """A bar by its label; the parts by the series' values."""

    label: str
    parts: Mapping[str, float]


def lying_bars(
    name: str, title: str, alt: str, rows: Sequence[Bar], series: Series, *, measure: str, form: str, beside: bool = False
) -> Drawing:
    """Bars that lie, each of parts in a row, or with `beside` one below the other. `form`: of numbers, as d3 writes them."""
    values = _values(rows, series)

    def chart(width: int) -> Any:
        import altair as alt

        narrow = width == NARROW
        y = alt.Y("label:N", sort=None, title=None).axis(labelLimit=95 if narrow else 240, ticks=False, domain=False)
        x = alt.X("value:Q", title=measure, stack=None if beside else True)
        x = x.axis(labelExpr=_short(form), tickCount=4 if narrow else 8, grid=True, labelOverlap="greedy", labelSeparation=6)
        encoded = alt.Chart(alt.InlineData(values=values)).encode(
            x=x, y=y, color=_colour(series, narrow), order=alt.Order("part:Q")
        )
        if beside:
            encoded = encoded.encode(yOffset=alt.YOffset("of:N", sort=list(series.words)))
            return encoded.mark_bar().properties(height=alt.Step(14))
        return encoded.mark_bar(stroke=_LIGHT["card"], strokeWidth=1).properties(height=alt.Step(26))

    return _drawing(name, title, alt, chart)


def standing_bars(name: str, title: str, alt: str, rows: Sequence[Bar], series: Series, *, measure: str, form: str) -> Drawing:
    """Bars that stand, one for each month, whose label is `YYYY-MM`."""
    values = [{**one, "month": f"{one['label']}-01"} for one in _values(rows, series)]

    def chart(width: int) -> Any:
        import altair as alt

        narrow = width == NARROW
        # By the month's name where they are few, else by time: in UTC, so that no time zone moves a month.
        if len(rows) <= (6 if narrow else 18):
            x: Any = alt.X("label:O", title=None).axis(labelAngle=0, ticks=False)
        else:
            x = alt.X("month:T", timeUnit="utcyearmonth", title=None, scale=alt.Scale(type="utc"))
            long = len(rows) > 24
            every = {"interval": "year", "step": 1} if long else {"interval": "month", "step": 6 if narrow else 3}
            x = x.axis(tickCount=every, format="%Y" if long else "%Y-%m", grid=False, labelOverlap="greedy")
        y = alt.Y("value:Q", title=measure, stack=True).axis(labelExpr=_short(form), tickCount=4)
        encoded = alt.Chart(alt.InlineData(values=values)).encode(
            x=x, y=y, color=_colour(series, narrow), order=alt.Order("part:Q")
        )
        return encoded.mark_bar(binSpacing=0 if narrow else 1).properties(height=200 if narrow else 240)

    return _drawing(name, title, alt, chart)


def _values(rows: Sequence[Bar], series: Series) -> list[dict[str, Any]]:
    return [
        {"label": row.label, "of": words, "part": part, "value": row.parts[value]}
        for row in rows
        for part, (value, words) in enumerate(zip(series.values, series.words, strict=True))
        if row.parts.get(value)
    ]


def _colour(series: Series, narrow: bool) -> Any:
    import altair as alt

    scale = alt.Scale(domain=list(series.words), range=[_LIGHT[colour] for colour in series.colours])
    columns = 0 if not narrow else 1 if max(map(len, series.words), default=0) > 18 else 2
    legend = alt.Legend(orient="top", title=None, columns=columns, labelLimit=400, symbolType="square")
    return alt.Color("of:N", scale=scale, legend=legend)


def _short(form: str) -> str:
    """Numbers on an axis: billions are B, not G; the minus sign stands before the dollar sign."""
    return f"replace(format(datum.value, '{form}'), 'G', 'B')"


_CONFIG: Final[Mapping[str, Any]] = {
    "aria": False,  # the words beside the drawing say what it shows; a thousand marks with a name each do not
    "background": "transparent",
    "font": _FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": _LIGHT["ink"],
        "titleColor": _LIGHT["quiet"],
        "gridColor": _LIGHT["rule"],
        "domainColor": _LIGHT["rule"],
        "tickColor": _LIGHT["rule"],
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "titlePadding": 8,
    },
    "legend": {"labelColor": _LIGHT["ink"], "labelFontSize": 13, "offset": 10, "columnPadding": 28, "symbolSize": 130},
    "scale": {"bandPaddingInner": 0.25, "bandPaddingOuter": 0.15},
}


def _drawing(name: str, title: str, alt: str, chart: Any) -> Drawing:
    try:
        import altair  # noqa: F401  # whether it is there
        import vl_convert
    except ImportError:
        raise UsageError("charts need the extra for claims: pip install 'medpolicy[claims]'") from None
    specified: dict[int, dict[str, Any]] = {}
    for width in (WIDE, NARROW):
        # At the left some room, for where a reader's font is wider than the one that is measured by.
        room = {"left": 14 if width == NARROW else 36, "right": 8, "top": 0, "bottom": 0}
        one = chart(width).properties(width=width, autosize={"type": "fit-x", "contains": "padding"}, padding=room)
        specified[width] = {**one.to_dict(), "config": _CONFIG}
    drawn = {width: vl_convert.vegalite_to_svg(one, vl_version=_VEGA_LITE) for width, one in specified.items()}
    text = json.dumps({"title": title, **specified[WIDE]}, ensure_ascii=False, sort_keys=True)
    return Drawing(
        id=name,
        title=title,
        alt=alt,
        wide=_embedded(drawn[WIDE], f"{name}-wide", alt),
        narrow=_embedded(drawn[NARROW], f"{name}-narrow", alt),
        specification=text,
    )


_OPENING: Final = re.compile(r"<svg [^>]*>")
_SIZE: Final = re.compile(r' width="([\d.]+)" height="[\d.]+" viewBox="([^"]*)"')


def _embedded(svg: str, name: str, alt: str) -> str:
    """The SVG with the page's colours, a size that follows the page, and its words for those who hear it."""
    opening = _OPENING.match(svg)
    size = None if opening is None else _SIZE.search(opening[0])
    if opening is None or size is None:
        raise AssertionError("the drawing is no SVG as vl-convert writes it")
    coloured = _COLOUR.sub(lambda found: f"var(--{_NAMES[found[0]]})", svg[opening.end() :])
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size[2]}" style="max-width:{size[1]}px" role="img" '
    return f'{head}aria-labelledby="{name}"><title id="{name}">{_escaped(alt)}</title>{coloured}'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

"""Figures of the fibre line: power and ratio along it, repair times, drivers, borders."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator

from lajvard.analysis.countries import country
from lajvard.fibre.line.availability import Availability
from lajvard.fibre.line.exchange import DataEffect
from lajvard.fibre.line.sensitivity import Swing
from lajvard.fibre.optics.line import OpticalLine
from lajvard.report.charts import WIDTH
from lajvard.report.figure import GREY, INK, LAJVARD, LIGHT, OTHERS, PAPER, figure, quiet, svg
from lajvard.report.key import Entry, draw_key
from lajvard.tables.numbers import rounded

_ROW = 19.0
_LOW, _HIGH = "#7d95cc", "#b0622a"


# ---------------------------------------------------------------- spans


def spans_chart(sea: OpticalLine, others: Mapping[str, OpticalLine]) -> str:
    """Power along the sea crossing, and the ratio of signal to noise along it and other lines."""
    colours = dict(zip(others, OTHERS, strict=False))
    with figure(WIDTH, 520) as drawn:
        top = drawn.add_axes((0.062, 0.615, 0.92, 0.325))
        bottom = drawn.add_axes((0.062, 0.085, 0.92, 0.385))
        for axes in (top, bottom):
            quiet(axes, x=True)
            axes.grid(axis="y")
        _power(top, sea)
        for name, line in others.items():
            _ratio(bottom, line, colours[name], 1.3)
        _ratio(bottom, sea, LAJVARD, 2.2)
        longest = max(line.length_km for line in (sea, *others.values()))
        bottom.set_xlim(0, 1.05 * longest)
        bottom.set_ylim(bottom=0)
        need = sea.margin_db
        bottom.axhline(need, color=GREY, lw=1, ls=(0, (4, 3)))
        bottom.text(
            bottom.get_xlim()[1], need, "a bit a symbol and the margin need this much",
            fontsize=8, color=GREY, ha="right", va="bottom",
        )  # fmt: skip
        _title(top, "dBm a channel along the sea crossing")
        _title(bottom, "dB signal to noise from the first terminal, worst channel")
        bottom.set_xlabel("km of cable from the terminal", loc="right")
        top.set_xlabel("km of cable from the landing", loc="right")
        entries = [
            Entry("the sea crossing", {"color": LAJVARD, "lw": 2.2}, bold=True),
            *(Entry(name, {"color": colours[name], "lw": 1.3}) for name in others),
        ]
        draw_key(drawn, entries, left=62, right=WIDTH - 10, top=284)
        return svg(drawn, "line-spans", "Power and signal to noise along the fibre line")


def _title(axes: Axes, text: str) -> None:
    axes.set_title(text, loc="left", fontsize=8.5, color=GREY, pad=6)


def _power(axes: Axes, line: OpticalLine) -> None:
    """Down along the fibre, up at the pump's end and at amplifiers."""
    start = 0.0
    x, y = [0.0], [line.launch_dbm]
    for span, section in zip(line.spans, line.sections, strict=True):
        steps = 60
        gain = 10 ** (section.raman_db / 10) - 1
        for step in range(1, steps + 1):
            km = span.length_km * step / steps
            left = span.length_km - km
            # the pump decays backwards from the end: its gain up to here, of all in dB
            share = 10 ** (-section.fibre.pump_loss_db_km * left / 10) if gain else 0.0
            loss = section.fibre.loss_db_km * km
            x.append(start + km)
            y.append(span.launch_dbm - loss + section.raman_db * share)
        start = span.end_km
        if section is not line.sections[-1]:
            x.append(start)
            y.append(span.arrives_dbm + span.gain_db)
            axes.annotate(
                span.site, (start, y[-1]), (4, 4), textcoords="offset points",
                fontsize=8, color=INK,
            )  # fmt: skip
    axes.plot(x, y, color=LAJVARD, lw=2)
    axes.text(0, line.launch_dbm, f" {line.origin}", fontsize=8, color=INK, va="bottom")
    axes.text(start, y[-1], f"{line.destination}  ", fontsize=8, color=INK, va="bottom", ha="right")
    axes.set_xlim(0, 1.01 * start)
    axes.margins(y=0.12)


def _ratio(axes: Axes, line: OpticalLine, colour: str, width: float) -> None:
    spans = line.spans
    x = [span.end_km for span in spans]
    y = [span.total_gsnr_db for span in spans]
    axes.plot(x, y, color=colour, lw=width, marker="o", ms=3.5, mec=PAPER, mew=0.6, zorder=3)
    axes.annotate(
        f"{y[-1]:.1f}", (x[-1], y[-1]), (2, 6), textcoords="offset points", fontsize=8, color=colour
    )


# ---------------------------------------------------------------- repair


def repair_chart(sweep: Mapping[float, tuple[Availability, Availability]]) -> str:
    """Hours down a year by days until a ship has repaired, with one cable and with two."""
    days = list(sweep)
    with figure(WIDTH, 250) as drawn:
        axes = drawn.add_axes((0.062, 0.17, 0.74, 0.70))
        quiet(axes, x=True)
        axes.grid(axis="y")
        axes.set_yscale("log")
        for at, (name, colour) in enumerate((("one cable", _HIGH), ("two cables", LAJVARD))):
            hours = [both[at].down_h_per_year for both in sweep.values()]
            axes.plot(days, hours, color=colour, lw=2, marker="o", ms=5, mec=PAPER)
            text = f"{name}: {rounded(hours[-1], 1)} h"
            axes.annotate(
                text,
                (days[-1], hours[-1]),
                (8, 0),
                textcoords="offset points",
                fontsize=8.5,
                color=colour,
                va="center",
            )
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.tick_params(which="minor", length=0)
        axes.set_xticks(days)
        axes.set_xlabel("days until a ship has repaired", loc="right")
        _title(axes, "hours a year in which the sea crossing is down")
        return svg(drawn, "line-repair", "Hours down a year by repair time")


# ---------------------------------------------------------------- drivers


def tornado_chart(
    drivers: Mapping[str, Sequence[Swing]],
    central: Mapping[str, float],
    units: Mapping[str, str],
    most: int = 8,
) -> str:
    """Bars from the result at the low to that at the high value of each parameter."""
    shown = {name: swings[:most] for name, swings in drivers.items()}
    rows = sum(len(swings) for swings in shown.values())
    height = 24 + 58 * len(shown) + _ROW * rows
    with figure(WIDTH, height) as drawn:
        top = height - 12
        for name, swings in shown.items():
            size = _ROW * len(swings)
            top -= 30
            axes = drawn.add_axes((0.44, (top - size) / height, 0.50, size / height))
            _bars(axes, swings, central[name])
            drawn.text(
                0.008, (top + 13) / height, f"{name}, {units[name]}",
                fontsize=9.5, color=INK, weight="bold",
            )  # fmt: skip
            top -= size + 28
        entries = [
            Entry("at the low value of the parameter", {"color": _LOW, "lw": 8}),
            Entry("at the high value", {"color": _HIGH, "lw": 8}),
        ]
        draw_key(drawn, entries, left=0.44 * WIDTH, right=WIDTH - 8, top=height - 6)
        return svg(drawn, "line-tornado", "What drives cost and outages of the fibre line")


def _bars(axes: Axes, swings: Sequence[Swing], central: float) -> None:
    ends = [value for swing in swings for value in (swing.at_low, swing.at_high)]
    spread_out = min(ends) > 0 and max(ends) > 12 * min(ends)
    if spread_out:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.xaxis.set_minor_formatter(lambda *_: "")
        axes.tick_params(which="minor", length=0)
    for row, swing in enumerate(swings):
        for value, colour in ((swing.at_low, _LOW), (swing.at_high, _HIGH)):
            axes.plot(
                [central, value], [row, row], color=colour, lw=10, solid_capstyle="butt", zorder=2
            )
        low, high = sorted((swing.at_low, swing.at_high))
        for value, side in ((low, "right"), (high, "left")):
            pad = -5 if side == "right" else 5
            axes.annotate(
                rounded(value, 0 if abs(value) >= 100 else 1), (value, row), (pad, 0),
                textcoords="offset points", fontsize=7.5, color=GREY, ha=side, va="center",
            )  # fmt: skip
    axes.axvline(central, color=INK, lw=1, zorder=3)
    names = [_short(swing) for swing in swings]
    axes.set_yticks(range(len(swings)), names)
    for label in axes.get_yticklabels():
        label.set(color=INK, fontsize=8)
    axes.set_ylim(len(swings) - 0.5, -0.5)
    if not spread_out:
        axes.margins(x=0.1)
    else:
        axes.set_xlim(min(ends) / 1.5, max(ends) * 1.5)
    quiet(axes, x=True)


_LONGEST = 52


def _plain(value: float) -> str:
    """A number without a power of ten, a small one with three digits.

    >>> _plain(3e6), _plain(0.0005), _plain(12.98), _plain(0.0152106)
    ('3,000,000', '0.0005', '12.98', '0.0152')
    """
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:g}" if abs(value) >= 1 else f"{value:.3g}"


def _short(swing: Swing) -> str:
    """A parameter in few words, with its low and high value."""
    *words, last = swing.parameter.split("_")
    name = " ".join([*words, country(last.upper()) if len(last) == 2 else last])
    unit = "" if swing.unit == "1" else f" {swing.unit}"
    return f"{name}, {_plain(swing.low)}-{_plain(swing.high)}{unit}"[:_LONGEST]


# ---------------------------------------------------------------- borders


def borders_chart(effects: Sequence[DataEffect], most: int = 16) -> str:
    """Hours at each post: now, with data sent ahead, with the line for it, and if all send."""
    shown = sorted(effects, key=lambda one: -one.without_h)[:most]
    height = 66 + _ROW * len(shown)
    with figure(WIDTH, height) as drawn:
        axes = drawn.add_axes((0.30, 34 / height, 0.67, _ROW * len(shown) / height))
        quiet(axes, x=True)
        axes.grid(axis="x")
        for row, one in enumerate(shown):
            axes.plot([one.full_h, one.without_h], [row, row], color=LIGHT, lw=3, zorder=1)
            for value, style in zip(
                (one.without_h, one.exchange_h, one.line_h, one.full_h),
                _DOTS.values(),
                strict=True,
            ):
                axes.plot(value, row, ls="", zorder=3, **style)
        labels = [f"{one.post.place}, {one.post.direction}" for one in shown]
        axes.set_yticks(range(len(shown)), labels)
        for label in axes.get_yticklabels():
            label.set(color=INK, fontsize=8.5)
        axes.set_ylim(len(shown) - 0.5, -0.6)
        axes.set_xlim(left=0)
        axes.set_xlabel("hours at the post, mean", loc="right")
        entries = [Entry(name, style) for name, style in _DOTS.items()]
        draw_key(drawn, entries, left=0.30 * WIDTH, right=WIDTH - 8, top=height - 6)
        return svg(drawn, "line-borders", "Hours at border posts with data sent ahead")


_DOTS: dict[str, dict[str, Any]] = {
    "now": {"marker": "o", "ms": 7, "color": PAPER, "mec": GREY, "mew": 1.3},
    "data sent ahead": {"marker": "o", "ms": 7, "color": _LOW, "mec": PAPER},
    "and the line": {"marker": "|", "ms": 11, "color": INK, "mew": 1.6},
    "all send 12 h ahead": {"marker": "o", "ms": 7, "color": LAJVARD, "mec": PAPER},
}

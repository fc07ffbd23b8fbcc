"""Sites of a corridor's fibre line by the names that readers use."""

from dataclasses import dataclass

from lajvard.corridor import Corridor
from lajvard.errors import InputError, did_you_mean
from lajvard.names import fold


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a submarine cable comes ashore."""

    site_id: str
    name: str
    country: str
    lon: float
    lat: float


def landings(corridor: Corridor) -> tuple[Landing, ...]:
    """The landings of a corridor, in the order of its table."""
    site = corridor.used("cable_site")
    x, y = site.numbers("x_coord"), site.numbers("y_coord")
    ids, names, countries = (site.text(name) for name in ("site_id", "name", "country"))
    return tuple(
        Landing(ids[ix], names[ix], countries[ix], float(x[ix]), float(y[ix]))
        for ix, kind in enumerate(site.text("site_type"))
        if kind == "landing"
    )


def main_span(corridor: Corridor) -> str | None:
    """The submarine span that the line is about: the first of its table that is not ended.

    >>> from lajvard.corridor import built_in
    >>> main_span(built_in())
    'AZSIY-TMKRW'
    """
    spans = corridor.used("cable_span")
    columns = (spans.text(name) for name in ("span_id", "medium", "status"))
    for span, medium, status in zip(*columns, strict=True):
        if medium == "submarine" and status != "ended":
            return str(span)
    return None


def terminals(corridor: Corridor) -> tuple[str, ...]:
    """The places where the line begins and ends: those of its sites of type terminal, in order.

    >>> from lajvard.corridor import built_in
    >>> terminals(built_in())
    ('AFKBL', 'TRIST')
    """
    site = corridor.used("cable_site")
    columns = zip(site.text("site_type"), site.text("node_id"), strict=True)
    return tuple(dict.fromkeys(node for kind, node in columns if kind == "terminal" and node))


def line_ends(
    corridor: Corridor, start: str | None = None, end: str | None = None
) -> tuple[str, str]:
    """The places where the line begins and ends, those that are not given from the description.

    Raises
    ------
    InputError
        The description does not say it, or both are one place.
    """
    if start is None or end is None:
        known = terminals(corridor)
        if len(known) != 2:
            found = f"it has terminals at {len(known)} places, a line has two"
            remedy = "Give --from and --to, or write terminal as the site_type of both ends."
            raise InputError("cable_site", found, remedy)
        start, end = start or known[0], end or known[1]
    if start == end:
        raise InputError("fibre line", f"it begins and ends at '{start}'", "Give two places.")
    return start, end


def landing(corridor: Corridor, name: str) -> Landing:
    """The landing with this identifier, or whose name is or begins with this.

    Raises
    ------
    InputError
        There is none, or more than one.

    Examples
    --------
    >>> from lajvard.corridor import built_in
    >>> landing(built_in(), "turkmenbashi").name
    'Turkmenbashi port'
    """
    known = landings(corridor)
    wanted = fold(name)
    for tried in (
        [one for one in known if one.site_id == name],
        [one for one in known if one.name == name],
        [one for one in known if fold(one.name) == wanted],
        [one for one in known if wanted and fold(one.name).startswith(wanted)],
    ):
        if len(tried) == 1:
            return tried[0]
        if tried:
            listed = ", ".join(one.name for one in tried)
            raise InputError("landing", f"'{name}' may be any of {listed}", "Write more of it.")
    remedy = did_you_mean(name, [one.name for one in known]) or (
        f"Landings are: {', '.join(one.name for one in known)}."
        if known
        else "Add it to cable_site.csv."
    )
    raise InputError("landing", f"unknown landing '{name}'", remedy)

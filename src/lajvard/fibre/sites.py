"""Sites of a corridor's fibre line by the names that readers use."""

from dataclasses import dataclass

from lajvard.corridor import Corridor
from lajvard.errors import InputError, did_you_mean


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
    wanted = name.casefold().strip()
    for tried in (
        [one for one in known if one.site_id == name],
        [one for one in known if one.name.casefold() == wanted],
        [one for one in known if wanted and one.name.casefold().startswith(wanted)],
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

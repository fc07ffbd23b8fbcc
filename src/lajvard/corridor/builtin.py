"""The corridor that comes with Lajvard."""

from functools import cache
from importlib.resources import as_file, files

from lajvard.corridor.corridor import Corridor
from lajvard.corridor.read import read_corridor


@cache
def built_in() -> Corridor:
    """The Lapis Lazuli corridor and the routes it competes with.

    >>> built_in()["node"]["AFHEA"].name
    'Herat'
    """
    with as_file(files("lajvard").joinpath("data/lapis_lazuli")) as folder:
        corridor = read_corridor(folder)
    corridor.__dict__["errors"] = ()  # its tests check it
    return corridor

"""Checking a corridor: everything that is wrong with it, found in one pass."""

from lajvard.corridor.checks.borders import check_borders
from lajvard.corridor.checks.cables import check_cables
from lajvard.corridor.checks.cells import check_table
from lajvard.corridor.checks.findings import MOST, Findings
from lajvard.corridor.checks.network import check_network
from lajvard.corridor.checks.operations import check_operations
from lajvard.corridor.checks.parameters import check_parameters
from lajvard.corridor.checks.places import check_places
from lajvard.corridor.checks.view import View
from lajvard.corridor.corridor import Corridor
from lajvard.errors import InputError, Problem


def check_corridor(corridor: Corridor, *, most: int = MOST) -> tuple[Problem, ...]:
    """Everything that is wrong or doubtful in the description of a corridor.

    Errors are what a computation could not use or would get wrong; warnings are what an editor
    should look at. Cells, keys, identifiers, sources and dates are checked in every row, places
    in the used rows. What operates together (borders, network, routes, prices) is checked as the
    description stands, that is without rows that have ended; of a corridor `as_of` a day, as it
    stood then.

    Parameters
    ----------
    corridor
        The description. A view of it by date or status may lack rows that others name.
    most
        So many problems of one kind (table, column and message) are listed, and then the number
        of the rest.

    Returns
    -------
    tuple of Problem
        By table, row and column; empty when all is well.

    Notes
    -----
    ============ ==============================================================================
    files        files, sheets and remarks beside the tables (warnings)
    cells        what the column's type, limits and categories do not allow; empty cells that
                 must not be; unknown columns (warning)
    keys         of the rows with one key that hold on one day not exactly one is used
    identifiers  unknown ones; as a source, ``estimate`` needs no row of its own
    sources      no source; published without a publication
    dates        ends before starts
    places       coordinates outside the world, at 0, 0 or exchanged; links that end where they
                 start; links shorter than the great circle, by more than 0.5 %, or more than 4
                 times as long and longer than 100 km (warning); speeds that no vehicle of the
                 mode reaches
    borders      a link or service to another country without procedure at either end, an error
                 when it operates; one end or direction without (warning); procedures that no
                 link or service leads to (warning)
    network      nodes without links, parts cut off, modes that meet without a transfer, sea links
                 without a service (warnings)
    routes       demand, or a pair to be compared, that has no route by what its class can use
                 (warning: it is left out of what is computed)
    operations   services without what their kind of operation needs; more arrivals than a
                 fleet can carry, prices and factors that are missing (warnings); regimes and
                 parts of procedures that go in a circle
    parameters   values that no model can use; those outside their low and high, and parameters
                 that no model knows (warnings)
    fibre        spans that end where they start or are shorter than the geodesic; submarine spans
                 that end at no landing, sites far from their place (warnings); lines of hazards
                 without an end, areas without a size; shorelines that do not close or cross
                 themselves
    ============ ==============================================================================

    Examples
    --------
    >>> from lajvard.corridor import Corridor, Table
    >>> node = {
    ...     "node_id": ["A"],
    ...     "name": ["A"],
    ...     "country": ["AF"],
    ...     "x_coord": ["62,2"],
    ...     "y_coord": ["34"],
    ...     "node_type": ["city"],
    ...     "status": ["suspended"],
    ...     "basis": ["estimate"],
    ...     "source_id": ["estimate"],
    ... }
    >>> for problem in check_corridor(Corridor.of({"node": Table.of("node", node)}, name="c")):
    ...     print(problem)
    node.csv row 2, x_coord: expected a number of deg from -180 to 180, found '62,2'. Write 62.2.
    """
    from lajvard.corridor.checks.routes import check_routes  # it loads SciPy

    findings, view = Findings(most, {table.name: table.file for table in corridor}), View(corridor)
    for table in corridor:
        check_table(corridor, table, findings)
    checks = (check_places, check_borders, check_network, check_routes, check_operations)
    for check in (*checks, check_cables, check_parameters):
        check(view, findings)
    return (*findings.problems(), *corridor.passed_over)


def without_errors(corridor: Corridor, where: str = "") -> Corridor:
    """The corridor, if it has no errors: what computes begins with this. It is checked once.

    Parameters
    ----------
    where
        What was read, for the message; by default the name of the corridor.

    Raises
    ------
    InputError
        With all errors.

    Examples
    --------
    >>> from lajvard.corridor import built_in
    >>> without_errors(built_in()).name
    'lapis_lazuli'
    """
    if corridor.errors:
        raise InputError.of(where or f"corridor '{corridor.name}'", corridor.errors)
    return corridor

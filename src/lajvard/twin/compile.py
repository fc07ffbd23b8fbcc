"""Building the model of a simulation from a case."""

from lajvard.case import Case
from lajvard.case.years import month_starts_h
from lajvard.errors import InputError
from lajvard.twin.probes import probe_flows
from lajvard.twin.work import ModelBuild, ModelWork


def build_model(
    case: Case,
    *,
    days: float | None = None,
    probes: bool = False,
) -> ModelBuild:
    """The model of a simulated year of a case, with the parts that it was made of.

    Parameters
    ----------
    case
        What is simulated. Routes are chosen in the usual state of its year
        (`Case.through_the_year`): closures that begin or end in the year come and go.
    days
        Length of the simulation; by default the whole year. Beyond the end of the year, December
        goes on for closures, and demand goes on as the year began.
    probes
        Whether single unit loads go along every alternative; see `lajvard.twin.probes`.

    Raises
    ------
    InputError
        The description does not compile (see `compile_network`), or no flow has a route.

    Examples
    --------
    >>> from lajvard.corridor import built_in
    >>> model = build_model(Case(built_in()), days=60).model
    >>> model.horizon_h, float(model.routes.share_total[-1])
    (1440.0, 1.0)
    """
    year_h = float(month_starts_h(case.year)[-1])
    horizon_h = year_h if days is None else days * 24.0
    if not horizon_h > 0:
        raise InputError("days", f"{days} days cannot be simulated", "Give a number above 0.")
    usual = case.through_the_year
    extra = probe_flows(usual.view) if probes else ()
    return ModelWork(usual, extra, horizon_h).build()

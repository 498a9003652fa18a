"""A search as ADQL over the published table, to be shown and to be changed. Pure."""

from collections.abc import Iterator

from ingest.archive.obsportal_search import ExposureQuery


def adql_of(query: ExposureQuery) -> str:
    """Return the query that finds the same rows as a search does."""
    terms = [*_terms(query), "exp_withdrawn IS NULL"]
    return "SELECT * FROM obsportal.exposure\nWHERE " + "\n  AND ".join(terms) + "\nORDER BY exp_mjd_start"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _pattern(text: str) -> str:
    return text.replace("*", "%")


def _terms(query: ExposureQuery) -> Iterator[str]:
    places = [
        f"1 = CONTAINS(POINT('ICRS', target_ra, target_dec), "
        f"CIRCLE('ICRS', {cone.ra!r}, {cone.dec!r}, {cone.radius!r}))"
        for cone in query.cones
    ]
    if query.target_ids:
        places.append(f"target_id IN ({', '.join(map(str, query.target_ids))})")
    if places:
        yield places[0] if len(places) == 1 else f"({' OR '.join(places)})"
    if query.instrument:
        yield f"instrument_name = {_quoted(query.instrument.upper())}"
    if query.mode:
        yield f"LOWER(instrument_mode) = {_quoted(query.mode.lower())}"
    if query.submode:
        yield f"LOWER(instrument_submode) = {_quoted(query.submode.lower())}"
    if query.interferometer:
        yield f"interferometer_name = {_quoted(query.interferometer.upper())}"
    if query.program_id:
        programme = query.program_id.lower()
        if "*" in programme:
            yield f"LOWER(obs_program) LIKE {_quoted(_pattern(programme))}"
        else:
            column = "LOWER(obs_program)"
            yield f"({column} = {_quoted(programme)} OR {column} LIKE {_quoted(programme + '(%')})"
    for station in query.stations:
        yield f"' ' || interferometer_stations || ' ' LIKE {_quoted(f'% {station} %')}"
    if query.obs_type:
        yield f"obs_type = {_quoted(query.obs_type)}"
    if query.valid is not None:
        yield f"exp_validation_level = {int(query.valid)}"
    if query.observed_from is not None:
        yield f"exp_mjd_end >= {query.observed_from!r}"
    if query.observed_to is not None:
        yield f"exp_mjd_start < {query.observed_to!r}"
    if query.observation_id is not None:
        yield f"obs_id = {query.observation_id}"
    if query.updated_from is not None:
        yield f"exp_date_updated >= {_quoted(f'{query.updated_from:%Y-%m-%dT%H:%M:%S}')}"
    if query.updated_to is not None:
        yield f"exp_date_updated <= {_quoted(f'{query.updated_to:%Y-%m-%dT%H:%M:%S}')}"

"""A granule: the values that are published of one target, one instrument mode, one night of one file.

May import the standard library and this package's ``extension``.
R numbers are the rules of the reference that oivo agrees with, field by field (`ReferenceValues`).
"""

from dataclasses import dataclass
from datetime import date

from ingest.oifits.extension import Extension


@dataclass(frozen=True, slots=True)
class ReferenceValues:
    """The fifteen fields as the reference prints them, infinities and NaN included.

    Attributes
    ----------
    target_name
        TARGET, cleaned (R12).
    s_ra, s_dec
        RAEP0, DECEP0 as stored, deg; NaN when absent.
    t_exptime
        Smallest INT_TIME, s (R10); infinity when there is none. ObsCore's t_exptime is `Granule.t_exptime`.
    t_min, t_max
        Smallest and largest MJD, d (R9); (inf, -inf) when there is none.
    em_res_power
        Mean resolving power (R6); NaN when there is none.
    em_min, em_max
        Smallest and largest EFF_WAVE, m (R5); (inf, -inf) when there is none.
    facility_name
        First ARRNAME (R11), verbatim; empty when there is none.
    instrument_name
        INSNAME, verbatim.
    nb_vis, nb_vis2, nb_t3
        Rows of OI_VIS, OI_VIS2, OI_T3, flagged or not (R8).
    nb_channels
        Rows of the OI_WAVELENGTH.
    """

    target_name: str
    s_ra: float
    s_dec: float
    t_exptime: float
    t_min: float
    t_max: float
    em_res_power: float
    em_min: float
    em_max: float
    facility_name: str
    instrument_name: str
    nb_vis: int
    nb_vis2: int
    nb_t3: int
    nb_channels: int


@dataclass(frozen=True, slots=True)
class Granule:
    """A granule as it is published: what is not known is None, never NaN or infinite.

    Attributes
    ----------
    target_row, insname, night
        The key of the granule in its file: row of OI_TARGET from 0, INSNAME as the tables share it, MJD of
        the midnight between two UT noons (R4).
    reference
        The values as the reference prints them.
    target_name, s_ra, s_dec, t_min, t_max, em_res_power, em_min, em_max, facility_name, instrument_name
        As in `ReferenceValues`, with None for NaN, infinities and empty texts.
    nb_vis, nb_vis2, nb_t3, nb_flux, nb_channels
        Rows of OI_VIS, OI_VIS2, OI_T3, OI_FLUX; channels.
    nb_times
        Number of distinct MJD (ObsCore t_xel).
    int_time_min
        Smallest INT_TIME, s: what the original publishes as t_exptime (R10).
    t_exptime
        Time on target, s: the length of the union of all integrations (`times.total_integration`).
    t_resolution
        Smallest INT_TIME that is `times.believable`, s.
    local_night
        Date of the evening of the night that holds `t_min`, from local noon to local noon at the array.
        R4 cuts at UT noon, so a granule can hold the end of this local night and the start of the next.
    stations, nb_stations
        Names of the stations, sorted; their number, with those of which only STA_INDEX is known.
    baseline_min, baseline_max
        Shortest and longest projected baseline, m.
    s_fov
        Width of the field of view, deg (`geometry.field_of_view`).
    s_resolution
        Best angular resolution, arcsec (`geometry.angular_resolution`).
    flagged_share
        Share of the data cells with FLAG = T, 0 to 1.
    bands
        Letters of the bands in which channels are centred, from blue to red.
    facility, instrument
        Normalised names.
    target_category
        SCIENCE or CALIB as CATEGORY of OI_TARGET has it (SCI, CAL); the header's word on the file is
        `HeaderFacts.dataproduct_category`.
    polarisation
        P1 or P2 when INSNAME says that one polarisation channel of GRAVITY was measured.
    extension
        What extensions of ObsCore for interferometers tell; None when `granules_of` was not asked for it.
    """

    target_row: int
    insname: str
    night: int
    reference: ReferenceValues
    target_name: str | None
    s_ra: float | None
    s_dec: float | None
    t_min: float | None
    t_max: float | None
    em_res_power: float | None
    em_min: float | None
    em_max: float | None
    facility_name: str | None
    instrument_name: str | None
    nb_vis: int
    nb_vis2: int
    nb_t3: int
    nb_flux: int
    nb_channels: int
    nb_times: int
    int_time_min: float | None
    t_exptime: float | None
    t_resolution: float | None
    local_night: date | None
    stations: tuple[str, ...]
    nb_stations: int
    baseline_min: float | None
    baseline_max: float | None
    s_fov: float | None
    s_resolution: float | None
    flagged_share: float | None
    bands: tuple[str, ...]
    facility: str | None
    instrument: str | None
    target_category: str | None
    polarisation: str | None
    extension: Extension | None = None

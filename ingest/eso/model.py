"""What a raw frame tells: the exposure, its projected baselines, the record of ESO's TAP service.

Pure data. Units and meanings are those of the published columns (`obsportal_rd/q.rd`); a value that
the header does not tell, or tells by one of its words for nothing, is None. May import the standard
library only.
"""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A row of ``dbo.raw``, the table of raw frames in ESO's TAP service, as far as oivo uses it.

    What the header lacks (PI, title, release date) comes from here, and the exposure time is more reliable here than
    in the header: EXPTIME of AMBER and MATISSE is a single DIT.
    """

    dp_id: str
    instrument: str
    dp_cat: str = ""
    dp_type: str = ""
    dp_tech: str = ""
    ob_id: int | None = None
    prog_id: str | None = None
    prog_title: str | None = None
    pi_coi: str | None = None
    target: str | None = None
    #: deg
    ra: float | None = None
    dec: float | None = None
    mjd_obs: float | None = None
    exp_start: datetime | None = None
    #: s
    exposure: float | None = None
    tpl_start: datetime | None = None
    release_date: datetime | None = None
    last_mod_date: datetime | None = None
    access_url: str | None = None
    datalink_url: str | None = None
    #: kB
    access_estsize: int | None = None


@dataclass(frozen=True, slots=True)
class ProjectedBaseline:
    """One baseline of an exposure as the target sees it: the vector from the first station to the second.

    Lengths in m, position angles in degrees from north through east, [0, 360).
    """

    first: str
    second: str
    #: Computed from the stations, the pointing and the time; None where one of them is not known.
    u_start: float | None = None
    v_start: float | None = None
    u_end: float | None = None
    v_end: float | None = None
    #: Of the header: ISS PBLij and PBLAij; None where missing or not sane (0 in the laboratory).
    header_length_start: float | None = None
    header_length_end: float | None = None
    header_angle_start: float | None = None
    header_angle_end: float | None = None


@dataclass(frozen=True, slots=True)
class Exposure:
    """One exposure of an interferometer on one target."""

    #: Identifier of ObsPortal: that of the header, ``_1`` added.
    exp_id: str
    #: Identifier in ESO's archive (dp_id); for other arrays that of the log's row.
    header_id: str
    interferometer: str
    instrument: str
    #: As ASPRO2 names them; None where the header's values fit none of its modes.
    mode: str | None
    submode: str | None
    #: Wavelengths of the mode, m, and its resolving power.
    em_min: float | None
    em_max: float | None
    em_res_power: float | None
    #: ``science`` or ``calibrator``.
    obs_type: str
    mjd_start: float
    mjd_end: float
    #: Integration time, s (see RawRecord), and what it is made of.
    exptime: float | None = None
    dit: float | None = None
    ndit: int | None = None
    #: Stations in the order of the beams, U1 or A0; names of the telescopes in that order, UT1 or AT3.
    stations: tuple[str, ...] = ()
    telescopes: tuple[str, ...] = ()
    #: Where they stand by the header: east, north, up, m; None where the header does not tell, or not credibly.
    positions: tuple[tuple[float, float, float] | None, ...] = field(default=(), repr=False)
    #: As the header has them: OBS TARG NAME; RA and DEC; ISS REF (decoded); deg.
    raw_target: str = ""
    ra: float | None = None
    dec: float | None = None
    ref_ra: float | None = None
    ref_dec: float | None = None
    #: OBJECT of the header, often a label.
    object_label: str = ""
    #: GRAVITY: fringe-tracked and science objects and the offset from the first to the second, mas (RA, DEC).
    ft_object: str | None = None
    sc_object: str | None = None
    sc_offset_ra: float | None = None
    sc_offset_dec: float | None = None
    #: Programme, and the observing block.
    prog_id: str | None = None
    prog_title: str | None = None
    pi_coi: str | None = None
    #: Number that a survey gave to the target in its proposal (SPICA).
    proposal_subid: str | None = None
    ob_id: int | None = None
    ob_name: str | None = None
    ob_start: datetime | None = None
    container_id: int | None = None
    container_type: str | None = None
    tpl_id: str | None = None
    tpl_start: datetime | None = None
    tpl_expno: int | None = None
    tpl_nexp: int | None = None
    #: Weather: means of start and end where the header has both.
    #: arcsec; s; deg C; %; hPa; m/s; deg (from north through east, where it comes from); mm
    seeing: float | None = None
    tau0: float | None = None
    temperature: float | None = None
    humidity: float | None = None
    pressure: float | None = None
    wind_speed: float | None = None
    wind_direction: float | None = None
    iwv: float | None = None
    airmass: float | None = None
    #: deg; azimuth from north through east (the header counts from south through west).
    altitude: float | None = None
    azimuth: float | None = None
    #: Fringe tracker and adaptive optics: GRAVITY, FINITO; NAOMI, MACAO, CIAO.
    fringe_tracker: str | None = None
    adaptive_optics: str | None = None
    release_date: datetime | None = None
    access_url: str | None = None
    access_estsize: int | None = None
    #: What ObsPortal calls invalid: sentences such as "Missing 'EXPTIME'". Empty: level 1.
    validation_log: tuple[str, ...] = ()
    #: What ASPRO2 would hold against the row, and what oivo's own comparisons found.
    aspro_log: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    baselines: tuple[ProjectedBaseline, ...] = field(default=(), repr=False)

    @property
    def validation_level(self) -> int:
        """1 where the header is complete, 0 otherwise."""
        return 0 if self.validation_log else 1


@dataclass(frozen=True, slots=True)
class NotAnExposure:
    """A frame that is no exposure on a target, and why: ``sky``, ``dark``, ``laboratory`` ..."""

    header_id: str
    instrument: str
    reason: str

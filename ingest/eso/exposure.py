"""A header to an exposure.

May import ``ingest.errors`` and the other modules of ``ingest.eso``, but not its client.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta

from ingest.eso.array import arms_of, header_baselines
from ingest.eso.frames import Instrument, class_problem, frame_problem, instrument_named
from ingest.eso.header import Header, degrees_of_packed
from ingest.eso.model import Exposure, NotAnExposure, RawRecord
from ingest.eso.modes import mode_of
from ingest.eso.plain import HeaderError, plain_text
from ingest.eso.times import times_of
from ingest.eso.validity import missing_keywords, odd_values
from ingest.eso.weather import weather_of

_FILE = re.compile(r"\.(?:fits|hdr|txt|html?)(?:\.(?:gz|Z))?$", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[!-~]{1,120}")
#: What a header that was skimmed must have to be taken for whole: of each of its parts something.
_ESSENTIAL = frozenset(
    (
        *("INSTRUME", "TELESCOP", "OBJECT", "MJD-OBS", "DATE-OBS", "RA", "DEC"),
        *("OBS TARG NAME", "OBS ID", "TPL ID", "TPL START"),
        *("ISS CONF NTEL", "ISS CONF STATION1", "ISS CONF T1X", "ISS REF RA", "ISS PBL12 START", "ISS PBLA12 END"),
        *("ISS AMBI TEMP", "ISS AMBI FWHM START", "ISS AMBI TAU0 START"),
    )
)
_AO_OF_ATS = frozenset(("NAOMI", "STRAP"))
_SOURCE_URL = "https://dataportal.eso.org/dataPortal/file/"
_ARCHIVE_ID = re.compile(r"[A-Z]{4,5}\.\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}")


def read_frame(text: str | bytes, record: RawRecord | None = None, name: str = "") -> Exposure | NotAnExposure:
    """Read a header; the projected baselines are those that it has.

    Parameters
    ----------
    text
        The header: lines, a page of ESO's header service, or the first blocks of a FITS file.
    record
        What ESO's table of raw frames tells of it.
    name
        Of the file, for errors; also the identifier where nothing else tells one.

    Raises
    ------
    HeaderError
        When it is no header, or only a part of one.
    """
    try:
        plain = plain_text(text)
    except HeaderError as error:
        raise HeaderError(error.problem, place=name or (record.dp_id if record else ""), remedy=error.remedy) from None
    top = Header.top(plain)
    rejected = _rejected_early(top, record)
    if rejected is not None:
        return rejected
    header = Header.skim(plain, top)
    if not header.cards.keys() >= _ESSENTIAL:
        header = Header.of_lines(plain)
    instrument = instrument_named(header.word("INSTRUME"))
    if instrument is None:
        return NotAnExposure(_identifier(header, None, record, name), header.word("INSTRUME"), _unknown(header))
    return _Reader(header, instrument, record, name).read()


def _rejected_early(top: Header, record: RawRecord | None) -> NotAnExposure | None:
    """Reject a frame by its class alone, if that is enough and an identifier is known; two of three frames are so."""
    instrument = instrument_named(top.word("INSTRUME"))
    if instrument is None or not (record or top.has("ARCFILE")):
        return None
    problem = class_problem(instrument, top.word("DPR CATG"), top.word("DPR TYPE"), top.word("DPR TECH"))
    return NotAnExposure(_identifier(top, instrument, record, ""), instrument.name, problem) if problem else None


def _unknown(header: Header) -> str:
    name = header.word("INSTRUME")
    return f"no instrument of VLTI: INSTRUME is {name}" if name else "no instrument of VLTI: INSTRUME is missing"


def _identifier(header: Header, instrument: Instrument | None, record: RawRecord | None, name: str) -> str:
    """Identifier in ESO's archive, else one made of the time, else the file's name."""
    if record is not None:
        return record.dp_id
    archived = _FILE.sub("", header.text("ARCFILE") or "")
    if _IDENTIFIER.fullmatch(archived):
        return archived
    date = header.moment("DATE-OBS")
    if instrument is not None and date is not None:
        nearest = date + timedelta(microseconds=500)
        return f"{instrument.prefix}.{nearest:%Y-%m-%dT%H:%M:%S}.{nearest.microsecond // 1000:03d}"
    return re.sub(r"[^!-~]", "_", _FILE.sub("", name))[:120] or "unknown"


@dataclass
class _Reader:
    """One header on its way to an exposure; collects what is odd."""

    header: Header
    instrument: Instrument
    record: RawRecord | None
    name: str
    findings: list[str] = field(default_factory=list)

    def read(self) -> Exposure | NotAnExposure:
        header, instrument, record = self.header, self.instrument, self.record
        identifier = _identifier(header, instrument, record, self.name)
        problem = frame_problem(instrument, header)
        if problem:
            return NotAnExposure(identifier, instrument.name, problem)
        archived = bool(record) or header.has("ARCFILE")
        times = times_of(instrument.name, header, identifier if archived else "", record)
        if times is None:
            return NotAnExposure(identifier, instrument.name, "no time: MJD-OBS and DATE-OBS are missing")
        if not archived:
            self.findings.append("ARCFILE is missing: the identifier is made of DATE-OBS")
        arms = arms_of(header)
        mode = mode_of(instrument.name, header)
        if mode is None:
            self.findings.append("no mode that ASPRO2 knows: the instrument's settings fit none")
        obs_type = self._obs_type()
        self._check_identifier()
        weather = weather_of(header)
        baselines, odd_lengths = header_baselines(header, arms.stations)
        self.findings += times.findings + arms.findings + weather.findings
        self.findings += odd_lengths + odd_values(header)
        ra, dec = self._position()
        ref_ra = degrees_of_packed(header.number("ISS REF RA"), hours=True)
        ref_dec = degrees_of_packed(header.number("ISS REF DEC"), hours=False)
        known_ref = ref_ra is not None and ref_dec is not None
        ob_id = header.integer("OBS ID")
        container = header.integer("OBS CONTAINER ID")
        return Exposure(
            exp_id=f"{identifier}_1",
            header_id=identifier,
            interferometer="VLTI",
            instrument=instrument.name,
            mode=mode.name if mode else None,
            submode=self._submode(),
            em_min=mode.em_min if mode else None,
            em_max=mode.em_max if mode else None,
            em_res_power=mode.em_res_power if mode else None,
            obs_type=obs_type,
            mjd_start=times.start,
            mjd_end=times.end,
            exptime=times.exptime,
            dit=times.dit,
            ndit=times.ndit,
            stations=arms.stations,
            telescopes=arms.telescopes,
            positions=arms.positions,
            raw_target=self._target(),
            ra=ra,
            dec=dec,
            ref_ra=ref_ra if known_ref else None,
            ref_dec=ref_dec if known_ref else None,
            object_label=header.text("OBJECT") or "",
            ft_object=header.text("FT ROBJ NAME"),
            sc_object=header.text("INS SOBJ NAME"),
            sc_offset_ra=header.number("INS SOBJ X"),
            sc_offset_dec=header.number("INS SOBJ Y"),
            prog_id=header.text("OBS PROG ID") or (record.prog_id if record else None),
            prog_title=record.prog_title if record else None,
            pi_coi=(record.pi_coi if record else None) or header.text("OBS PI-COI NAME"),
            ob_id=ob_id if ob_id is not None and ob_id > 0 else None,
            ob_name=header.text("OBS NAME"),
            ob_start=header.moment("OBS START"),
            container_id=container if container is not None and container > 0 else None,
            container_type=header.text("OBS CONTAINER TYPE"),
            tpl_id=header.text("TPL ID"),
            tpl_start=header.moment("TPL START"),
            tpl_expno=_counter(header, "TPL EXPNO"),
            tpl_nexp=_counter(header, "TPL NEXP"),
            seeing=weather.seeing,
            tau0=weather.tau0,
            temperature=weather.temperature,
            humidity=weather.humidity,
            pressure=weather.pressure,
            wind_speed=weather.wind_speed,
            wind_direction=weather.wind_direction,
            iwv=weather.iwv,
            airmass=weather.airmass,
            altitude=weather.altitude,
            azimuth=weather.azimuth,
            fringe_tracker=self._fringe_tracker(),
            adaptive_optics=self._adaptive_optics(arms.stations),
            release_date=record.release_date if record else None,
            access_url=_access_url(identifier, record),
            access_estsize=record.access_estsize if record else None,
            validation_log=missing_keywords(header),
            findings=tuple(self.findings),
            baselines=baselines,
        )

    def _obs_type(self) -> str:
        """``science`` or ``calibrator``; DPR CATG tells, but for MIDI, where it is often wrong."""
        header = self.header
        category = header.word("DPR CATG")
        if self.instrument.name == "MIDI":
            block = header.word("OBS NAME")
            told = "CALIB" if block.startswith("CAL") else "SCIENCE" if block.startswith("SCI") else category
            if category and told != category:
                self.findings.append(f"DPR CATG is {category}, but the observing block is {block}, which counts")
            category = told
        if category in ("SCIENCE", "CALIB"):
            return "science" if category == "SCIENCE" else "calibrator"
        if category:
            self.findings.append(f"DPR CATG is {category}: taken as science")
            return "science"
        self.findings.append("DPR CATG is missing, as in products: judged by PRO CATG, stations and target")
        fits = self.instrument.calibrators.fullmatch
        products = (header.word("PRO CATG"), header.word("PRO REC1 RAW1 CATG"))
        # OBJECT of the raw frame is the label STD on calibrators, and TARGET_CAL_INT may be one of them.
        standard = header.word("OBJECT") == "STD" or any(map(fits, filter(None, products)))
        return "calibrator" if standard else "science"

    def _submode(self) -> str | None:
        """SINGLE or DUAL field of GRAVITY; other instruments have none."""
        if self.instrument.name != "GRAVITY":
            return None
        for key in ("DPR TYPE", "TPL ID", "PRO CATG"):
            for word in re.split(r"[,_]", self.header.word(key)):
                if word in ("SINGLE", "DUAL"):
                    return word
        return None

    def _fringe_tracker(self) -> str | None:
        """The tracker that was on; MATISSE names itself where it had none."""
        sensor = self.header.text("DEL FT SENSOR")
        if sensor is None or self.header.word("DEL FT STATUS") == "OFF":
            return None
        return None if sensor == "MATISSE" else sensor

    def _adaptive_optics(self, stations: tuple[str, ...]) -> str | None:
        """The system that COU AO SYSTEM names; before NAOMI it could be that of the UTs on ATs, which had none."""
        system = self.header.text("COU AO SYSTEM")
        if system is None or not stations:
            return system
        on_units = all(station.startswith("U") for station in stations)
        if on_units == (system not in _AO_OF_ATS):
            return system
        self.findings.append(f"COU AO SYSTEM is {system}, which the telescopes do not have")
        return None

    def _target(self) -> str:
        """OBS TARG NAME; without, the star of ESO's table, or OBJECT of a science frame (elsewhere a label)."""
        target = self.header.text("OBS TARG NAME") or (self.record.target if self.record else None)
        label = self.header.text("OBJECT")
        return target or (label if label and label.upper() not in ("STD", "OBJECT") and "," not in label else "") or ""

    def _position(self) -> tuple[float | None, float | None]:
        """RA and DEC where they are a position; MIDI has -596 for nothing."""
        ra, dec = self.header.number("RA"), self.header.number("DEC")
        if ra is None or dec is None or not (0 <= ra < 360 and -90 <= dec <= 90):
            return None, None
        return ra, dec

    def _check_identifier(self) -> None:
        archived = _FILE.sub("", self.header.text("ARCFILE") or "")
        if self.record is not None and archived and archived != self.record.dp_id:
            self.findings.append(f"ARCFILE is {archived}, but ESO's table says {self.record.dp_id}")


def _counter(header: Header, key: str) -> int | None:
    number = header.integer(key)
    return number if number is not None and 0 <= number < 2**31 else None


def _access_url(identifier: str, record: RawRecord | None) -> str | None:
    if record is not None and record.access_url:
        return record.access_url
    return f"{_SOURCE_URL}{identifier}" if _ARCHIVE_ID.fullmatch(identifier) else None

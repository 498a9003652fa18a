"""The sky and the air during an exposure; what stands for "not measured" is None.

May import ``ingest.eso.header``.
"""

from dataclasses import dataclass

from ingest.eso.header import Header, Keys

#: Values that are credible on Paranal; others (-1, 0, -999, 9999 all occur) mean "not measured".
_SEEING, _TAU0, _IWV, _AIRMASS = (0.05, 20.0), (1e-5, 0.5), (0.01, 60.0), (0.99, 10.0)
_TEMPERATURE, _HUMIDITY, _PRESSURE, _WIND, _TURN = (
    (-40.0, 50.0),
    (0.0, 100.0),
    (500.0, 900.0),
    (0.0, 100.0),
    (0.0, 360.0),
)

_AIR = Keys(
    "ISS AMBI FWHM START",
    "ISS AMBI FWHM END",
    "ISS AMBI TAU0 START",
    "ISS AMBI TAU0 END",
    "ISS AMBI TEMP",
    "ISS AMBI RHUM",
    "ISS AMBI PRES",
    "ISS AMBI WINDSP",
    "ISS AMBI WINDDIR",
)
_POINTING = Keys("ISS AIRM START", "ISS AIRM END", "ISS ALT", "ISS AZ")


@dataclass(frozen=True, slots=True)
class Weather:
    """Means of start and end, units as in `ingest.eso.model.Exposure`; what was not measured."""

    seeing: float | None
    tau0: float | None
    temperature: float | None
    humidity: float | None
    pressure: float | None
    wind_speed: float | None
    wind_direction: float | None
    iwv: float | None
    airmass: float | None
    altitude: float | None
    azimuth: float | None
    findings: tuple[str, ...]


def weather_of(header: Header) -> Weather:
    """Read the conditions of an exposure."""
    air = header.numbers(_AIR)
    seeing_start, seeing_end, tau0_start, tau0_end, temperature, humidity, pressure, speed, direction = air
    airmass_start, airmass_end, altitude, azimuth = header.numbers(_POINTING)
    azimuth = _within(azimuth, (-360.0, 360.0))
    return Weather(
        seeing=_mean(seeing_start, seeing_end, _SEEING),
        tau0=_mean(tau0_start, tau0_end, _TAU0),
        temperature=_within(temperature, _TEMPERATURE),
        humidity=_within(humidity, _HUMIDITY),
        pressure=_within(pressure, _PRESSURE),
        wind_speed=_within(speed, _WIND),
        wind_direction=_within(direction, _TURN),
        iwv=_mean(header.number("ISS AMBI IWV START"), header.number("ISS AMBI IWV END"), _IWV),
        airmass=_mean(airmass_start, airmass_end, _AIRMASS),
        altitude=_within(altitude, (0.0, 90.0)),
        # counted from south through west in the header
        azimuth=None if azimuth is None else round((azimuth + 180) % 360, 6),
        findings=tuple(
            f"{key} is {value:g}: not measured"
            for key, value in zip(_AIR.names[:4], air, strict=False)
            if value is not None and value <= 0
        ),
    )


def _within(value: float | None, credible: tuple[float, float]) -> float | None:
    return value if value is not None and credible[0] <= value <= credible[1] else None


def _mean(start: float | None, end: float | None, credible: tuple[float, float]) -> float | None:
    """The mean of start and end, or the one of them that was measured."""
    start, end = _within(start, credible), _within(end, credible)
    if start is None or end is None:
        return end if start is None else start
    # the mean of 0.58 and 0.6 is not 0.5900000000000001
    return round((start + end) / 2, 12)

"""The stars of the simulated survey: real places in the sky, simulated light.

Positions are ICRS at epoch 2000.0; they, the proper motions (rounded to 1 mas/yr) and the parallaxes (to 0.1 mas) are
those of Hipparcos (ESA 1997; van Leeuwen 2007). Angular diameters are of the size that the JMMC Measured stellar
Diameters Catalogue (VizieR II/345) reports. The components of the binaries are plausible, not measured.
"""

from dataclasses import dataclass

from ingest.demo.model import Binary, Model, UniformDisk


@dataclass(frozen=True)
class Star:
    """A target of the simulated survey."""

    name: str
    #: ICRS at epoch 2000.0, degrees.
    ra: float
    dec: float
    #: mas/yr, that in right ascension with cos(dec).
    pm_ra: float
    pm_dec: float
    #: mas
    parallax: float
    spectral_type: str
    #: Effective temperature, K.
    temperature: float
    model: Model
    #: SCI or CAL, as CATEGORY in OI_TARGET.
    category: str = "SCI"


def _degrees(ra: str, dec: str) -> tuple[float, float]:
    """Turn ``hh mm ss`` and ``+dd mm ss`` into degrees."""
    hours, minutes, seconds = (float(part) for part in ra.split())
    d, m, s = (float(part) for part in dec.lstrip("+-").split())
    return 15 * (hours + minutes / 60 + seconds / 3600), (-1 if dec.startswith("-") else 1) * (d + m / 60 + s / 3600)


def _star(
    name: str,
    place: tuple[str, str],
    motion: tuple[float, float],
    parallax: float,
    spectrum: tuple[str, float],
    model: Model | float,
    category: str = "SCI",
) -> Star:
    ra, dec = _degrees(*place)
    model = UniformDisk(model) if isinstance(model, float) else model
    return Star(name, ra, dec, *motion, parallax, *spectrum, model, category)


def _binary(primary: float, secondary: float, flux_ratio: float, east: float, north: float) -> Binary:
    return Binary(UniformDisk(primary), UniformDisk(secondary), flux_ratio, east, north)


TAU_CET = _star("tau Cet", ("01 44 04.0834", "-15 56 14.926"), (-1721, 854), 274.0, ("G8V", 5340), 2.03)
EPS_ERI = _star("eps Eri", ("03 32 55.8450", "-09 27 29.731"), (-975, 19), 310.9, ("K2V", 5080), 2.09)
DEL_ERI = _star("del Eri", ("03 43 14.9009", "-09 45 48.208"), (-93, 744), 110.6, ("K0IV", 5020), 2.32)
BET_CET = _star("bet Cet", ("00 43 35.3709", "-17 59 11.783"), (233, 32), 33.9, ("K0III", 4800), 5.21)
ALF_HYA = _star("alf Hya", ("09 27 35.2427", "-08 39 30.958"), (-15, 34), 18.1, ("K3II-III", 4120), 9.09)
XI_HYA = _star("xi Hya", ("11 33 00.1151", "-31 51 27.443"), (-210, -41), 25.2, ("G7III", 4970), 2.33)
ALF_TAU = _star("alf Tau", ("04 35 55.2391", "+16 30 33.488"), (63, -189), 48.9, ("K5III", 3910), 19.9)
BET_AQL = _star("bet Aql", ("19 55 18.7926", "+06 24 24.342"), (46, -482), 73.0, ("G8IV", 5100), 2.13)
UPS_AND = _star("ups And", ("01 36 47.8422", "+41 24 19.644"), (-173, -382), 74.1, ("F9V", 6210), 1.09)
TET_CYG = _star("tet Cyg", ("19 36 26.5344", "+50 13 15.965"), (-8, 263), 54.5, ("F3V", 6750), 0.74)
CYG_16A = _star("16 Cyg A", ("19 41 48.9534", "+50 31 30.215"), (-148, -159), 47.4, ("G1.5V", 5830), 0.52)
KAP_CRB = _star("kap CrB", ("15 51 13.9313", "+35 39 26.567"), (-8, -348), 32.8, ("K1IV", 4890), 1.50)
ALF_LYR = _star("alf Lyr", ("18 36 56.3363", "+38 47 01.280"), (201, 286), 130.2, ("A0V", 9600), 3.20)

BET_CEN = _star(
    "bet Cen",
    ("14 03 49.4054", "-60 22 22.927"),
    (-33, -23),
    8.3,
    ("B1III", 25000),
    _binary(0.90, 0.80, 0.85, 12.4, -8.1),
)
ALF_VIR = _star(
    "alf Vir",
    ("13 25 11.5794", "-11 09 40.750"),
    (-42, -31),
    13.1,
    ("B1V", 25300),
    _binary(0.87, 0.45, 0.15, -1.1, 1.2),
)
DEL_SCO = _star(
    "del Sco",
    ("16 00 20.0053", "-22 37 18.143"),
    (-10, -35),
    6.6,
    ("B0.3IV", 27500),
    _binary(0.46, 0.30, 0.18, -9.2, 14.5),
)
IOT_PEG = _star(
    "iot Peg", ("22 07 00.6660", "+25 20 42.405"), (297, 27), 85.3, ("F5V", 6640), _binary(1.06, 0.70, 0.19, 6.3, -7.4)
)
BET_AUR = _star(
    "bet Aur",
    ("05 59 31.7229", "+44 56 50.757"),
    (-56, -1),
    40.2,
    ("A1IV", 9350),
    _binary(1.02, 0.98, 0.93, 1.6, 2.7),
)

KAP_ORI = _star("kap Ori", ("05 47 45.3888", "-09 40 10.578"), (1, -1), 5.0, ("B0.5Ia", 26500), 0.44, "CAL")
ZET_PUP = _star("zet Pup", ("08 03 35.0475", "-40 00 11.332"), (-30, 17), 3.0, ("O4I", 40000), 0.42, "CAL")
EPS_CEN = _star("eps Cen", ("13 39 53.2577", "-53 27 59.008"), (-15, -12), 7.6, ("B1III", 24000), 0.47, "CAL")
GAM_LYR = _star("gam Lyr", ("18 58 56.6224", "+32 41 22.400"), (-3, 2), 5.3, ("B9III", 10080), 0.73, "CAL")
SIG_CYG = _star("sig Cyg", ("21 17 24.9524", "+39 23 40.853"), (0, -3), 1.1, ("A0Ia", 10800), 0.51, "CAL")
OMI_AND = _star("omi And", ("23 01 55.2646", "+42 19 33.533"), (23, 1), 4.7, ("B6III", 13700), 0.49, "CAL")
ETA_AUR = _star("eta Aur", ("05 06 30.8934", "+41 14 04.113"), (31, -68), 13.4, ("B3V", 17200), 0.44, "CAL")

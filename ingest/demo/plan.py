"""What the simulated survey holds: its collections, and its files as one line each.

Ages are in days before the reference date, so that on any day some data are released and some not yet. The windows of
released and private data leave room on both sides of the embargo of the collection's kind: suv 2 years, pionier and eso
1 year, chara 18 months.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ingest.demo import stars as s
from ingest.demo.instruments import CLASSIC, GRAVITY_FT, GRAVITY_SC, MATISSE_L, MIRCX, PAVO, PIONIER, SPICA, Mode
from ingest.demo.stars import Star


@dataclass(frozen=True)
class DemoCollection:
    """A collection of simulated data, with what OiDB wants to know of one."""

    id: str
    #: suv, pionier, eso, chara, VizieR, simulation or public: decides the embargo.
    kind: str
    name: str
    title: str
    description: str
    keywords: tuple[str, ...]
    #: Calibration level: 1 uncalibrated, 2 calibrated, 3 published.
    level: int
    #: Data PI.
    datapi: str
    #: Programme of its VLTI files, in the form of ESO's: period 199 is decades away. Empty: it has none.
    programme: str = ""
    article_bibcode: str | None = None
    article_title: str | None = None
    article_authors: tuple[str, ...] = ()
    article_date: date | None = None


@dataclass(frozen=True)
class Plan:
    """One file of the survey."""

    collection: str
    modes: tuple[Mode, ...]
    #: Names of the stations, with blanks between.
    stations: str
    stars: tuple[Star, ...]
    #: Youngest and oldest age of the observation, days.
    ages: tuple[int, int]
    version: int = 2
    #: Points on each target in a night, and minutes between points.
    points: int = 3
    cadence: float = 40.0
    nights: int = 1
    across_noon: bool = False
    compress: bool = False
    #: Further cards of the primary header.
    cards: tuple[tuple[str, str | int], ...] = ()


PUBLISHED = (1200, 1565)
#: By embargo of the collection: released, and still private.
RELEASED_AFTER_1_YEAR, PRIVATE_FOR_1_YEAR = (400, 765), (20, 330)
RELEASED_AFTER_18_MONTHS, PRIVATE_FOR_18_MONTHS = (580, 945), (20, 500)
RELEASED_AFTER_2_YEARS, PRIVATE_FOR_2_YEARS = (760, 1125), (20, 680)

#: Of the shape of a bibcode, and of no journal.
BIBCODE = "2000oivoS...0....1O"

_SIMULATED = "SIMULATED data, made by oivo so that a new archive is not empty. "


def collections(reference_date: date | None = None) -> tuple[DemoCollection, ...]:
    """List the collections of the survey.

    Parameters
    ----------
    reference_date
        The day that ages are counted from; default today (UTC).
    """
    day = reference_date or datetime.now(UTC).date()
    return (
        DemoCollection(
            id="sim_diameters",
            kind="simulation",
            name="Simulated diameters",
            title="SIMULATED survey of stellar diameters with VLTI and CHARA",
            description=_SIMULATED
            + "Uniform disks of the size of well-known stars, seen by six instruments; published.",
            keywords=("stars: fundamental parameters", "techniques: interferometric", "simulation"),
            level=3,
            datapi="Ada Example",
            programme="0199.D-9999(A)",
            article_bibcode=BIBCODE,
            article_title="SIMULATED: diameters of a dozen stars that nobody measured this way",
            article_authors=("Example, A.", "Sample, B."),
            article_date=day - timedelta(days=900),
        ),
        DemoCollection(
            id="sim_pionier",
            kind="pionier",
            name="Simulated PIONIER",
            title="SIMULATED calibrated PIONIER data",
            description=_SIMULATED
            + "Binaries and single stars in H; private for one year, calibrators public at once.",
            keywords=("binaries: close", "techniques: interferometric", "simulation"),
            level=2,
            datapi="Bao Sample",
            programme="0199.C-9998(B)",
        ),
        DemoCollection(
            id="sim_chara",
            kind="chara",
            name="Simulated CHARA",
            title="SIMULATED calibrated CHARA data of MIRC-X, SPICA and PAVO",
            description=_SIMULATED + "Six telescopes in H and R; private for 18 months, calibrators public at once.",
            keywords=("binaries: close", "stars: fundamental parameters", "simulation"),
            level=2,
            datapi="Chidi Instance",
        ),
        DemoCollection(
            id="sim_gravity",
            kind="suv",
            name="Simulated GRAVITY and MATISSE",
            title="SIMULATED calibrated GRAVITY and MATISSE data",
            description=_SIMULATED + "Visibilities, closure phases and spectra in K and L; private for two years.",
            keywords=("binaries: close", "techniques: spectroscopic", "simulation"),
            level=2,
            datapi="Dilnoza Specimen",
            programme="0199.C-9997(A)",
        ),
        DemoCollection(
            id="sim_uncalibrated",
            kind="eso",
            name="Simulated raw visibilities",
            title="SIMULATED uncalibrated MATISSE and GRAVITY data",
            description=_SIMULATED + "As a pipeline leaves them before calibration; private for one year.",
            keywords=("instrumentation: interferometers", "simulation"),
            level=1,
            datapi="Elif Instance",
            programme="60.A-9996(S)",
        ),
    )


_SMALL, _MEDIUM, _LARGE = "A0 B2 D0 C1", "D0 G2 J3 K0", "A0 G1 J2 J3"
_UTS = "U1 U2 U3 U4"
_CHARA = "S1 S2 E1 E2 W1 W2"
_GRAVITY = (GRAVITY_SC, GRAVITY_FT)
_SPICA_CARDS = (("SPICADB-ID", 4242), ("QUALITY LEVEL", 4))

# fmt: off
PLANS: tuple[Plan, ...] = (
    Plan("sim_diameters", (PIONIER,), _LARGE, (s.TAU_CET,), PUBLISHED, version=1),
    Plan("sim_diameters", (PIONIER,), _LARGE, (s.EPS_ERI,), PUBLISHED, points=4),
    Plan("sim_diameters", (PIONIER,), _LARGE, (s.DEL_ERI,), PUBLISHED, compress=True),
    Plan("sim_diameters", (PIONIER,), _LARGE, (s.TAU_CET, s.EPS_ERI, s.DEL_ERI, s.KAP_ORI), PUBLISHED, points=2,
         cadence=12.0),
    Plan("sim_diameters", _GRAVITY, _LARGE, (s.XI_HYA,), PUBLISHED),
    Plan("sim_diameters", (GRAVITY_SC,), _MEDIUM, (s.BET_CET,), PUBLISHED, points=2),
    Plan("sim_diameters", (MATISSE_L,), _SMALL, (s.ALF_TAU,), PUBLISHED),
    Plan("sim_diameters", (MIRCX,), _CHARA, (s.KAP_CRB,), PUBLISHED),
    Plan("sim_diameters", (MIRCX,), "S1 S2 E1 W1 W2", (s.UPS_AND,), PUBLISHED, version=1),
    Plan("sim_diameters", (PAVO,), "S2 W2", (s.TET_CYG,), PUBLISHED, version=1, points=5, cadence=25.0),
    Plan("sim_diameters", (PAVO,), "S1 W2", (s.CYG_16A,), PUBLISHED, version=1, points=5, cadence=25.0),
    Plan("sim_diameters", (CLASSIC,), "W1 W2", (s.ALF_LYR,), PUBLISHED, version=1, points=5, cadence=30.0, nights=3),

    Plan("sim_pionier", (PIONIER,), _LARGE, (s.BET_CEN,), RELEASED_AFTER_1_YEAR, points=5),
    Plan("sim_pionier", (PIONIER,), _MEDIUM, (s.DEL_SCO,), RELEASED_AFTER_1_YEAR),
    Plan("sim_pionier", (PIONIER,), _LARGE, (s.ALF_VIR,), RELEASED_AFTER_1_YEAR, nights=2),
    Plan("sim_pionier", (PIONIER,), _LARGE, (s.EPS_CEN,), RELEASED_AFTER_1_YEAR, points=2),
    Plan("sim_pionier", (PIONIER,), _LARGE, (s.BET_CEN,), PRIVATE_FOR_1_YEAR),
    Plan("sim_pionier", (PIONIER,), _SMALL, (s.BET_CEN,), PRIVATE_FOR_1_YEAR, points=2),
    Plan("sim_pionier", (PIONIER,), _LARGE, (s.BET_AQL,), PRIVATE_FOR_1_YEAR, version=1),
    Plan("sim_pionier", (PIONIER,), _LARGE, (s.XI_HYA,), PRIVATE_FOR_1_YEAR, compress=True),
    Plan("sim_pionier", (PIONIER,), _LARGE, (s.ZET_PUP,), PRIVATE_FOR_1_YEAR, points=2),
    Plan("sim_pionier", (PIONIER,), _LARGE, (s.KAP_ORI,), PRIVATE_FOR_1_YEAR, points=2),

    Plan("sim_chara", (MIRCX,), _CHARA, (s.IOT_PEG,), RELEASED_AFTER_18_MONTHS),
    Plan("sim_chara", (MIRCX,), _CHARA, (s.BET_AUR,), RELEASED_AFTER_18_MONTHS, points=2, nights=3, across_noon=True),
    Plan("sim_chara", (PAVO,), "S1 E2 W1", (s.KAP_CRB,), RELEASED_AFTER_18_MONTHS, version=1),
    Plan("sim_chara", (MIRCX,), _CHARA, (s.IOT_PEG,), PRIVATE_FOR_18_MONTHS, points=2),
    Plan("sim_chara", (SPICA,), _CHARA, (s.UPS_AND,), PRIVATE_FOR_18_MONTHS, points=2, cards=_SPICA_CARDS),
    Plan("sim_chara", (SPICA,), _CHARA, (s.TET_CYG,), PRIVATE_FOR_18_MONTHS, points=2, cards=_SPICA_CARDS),
    Plan("sim_chara", (SPICA,), _CHARA, (s.GAM_LYR,), PRIVATE_FOR_18_MONTHS, points=1),
    Plan("sim_chara", (MIRCX,), _CHARA, (s.SIG_CYG,), PRIVATE_FOR_18_MONTHS, points=1),
    Plan("sim_chara", (MIRCX,), _CHARA, (s.OMI_AND,), RELEASED_AFTER_18_MONTHS, points=1),
    Plan("sim_chara", (MIRCX,), _CHARA, (s.ETA_AUR,), PRIVATE_FOR_18_MONTHS, points=1, version=1),

    Plan("sim_gravity", _GRAVITY, _UTS, (s.DEL_SCO,), RELEASED_AFTER_2_YEARS, points=2),
    Plan("sim_gravity", _GRAVITY, _LARGE, (s.ALF_VIR,), PRIVATE_FOR_2_YEARS, points=2),
    Plan("sim_gravity", (GRAVITY_SC,), _LARGE, (s.ZET_PUP,), PRIVATE_FOR_2_YEARS, points=1),
    Plan("sim_gravity", (MATISSE_L,), _MEDIUM, (s.ALF_HYA,), PRIVATE_FOR_2_YEARS, points=2),

    Plan("sim_uncalibrated", (MATISSE_L,), _SMALL, (s.ALF_HYA,), PRIVATE_FOR_1_YEAR, points=2),
    Plan("sim_uncalibrated", (MATISSE_L,), _MEDIUM, (s.BET_CET,), RELEASED_AFTER_1_YEAR, points=2),
    Plan("sim_uncalibrated", (MATISSE_L,), _MEDIUM, (s.KAP_ORI,), PRIVATE_FOR_1_YEAR, points=1),
    Plan("sim_uncalibrated", _GRAVITY, _LARGE, (s.XI_HYA,), RELEASED_AFTER_1_YEAR, points=1),
)
# fmt: on

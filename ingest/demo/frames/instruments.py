"""The instruments of the simulated raw frames: their settings, and the frames that their templates take.

What makes a frame an exposure, and when that changed, follows the instruments' pipelines. Pure: imports nothing of
oivo.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

_ALWAYS, _NEVER = date(2000, 1, 1), date(2999, 1, 1)


@dataclass(frozen=True)
class Setting:
    """A spectral configuration."""

    #: As ASPRO2 names it; MATISSE: that of the L and M arm.
    mode: str
    #: s
    dit: float
    ndit: int
    cards: Mapping[str, object]
    since: date = _ALWAYS
    until: date = _NEVER
    #: MATISSE: that of the N arm.
    mode_n: str = ""


@dataclass(frozen=True)
class Shot:
    """A frame of a template."""

    #: DPR TYPE; ``{object}`` stands for OBJECT, or STD of a calibrator.
    type: str
    tech: str
    #: It is an exposure on the target.
    exposure: bool = False
    #: DPR CATG; empty: that of the block, SCIENCE or CALIB.
    catg: str = ""
    #: Integrations; None: those of the setting. s
    dit: float | None = None
    ndit: int | None = None
    #: Time to the next frame beside the exposure, s.
    overhead: float = 20.0
    #: OBJECT of the header; empty: the target's name.
    label: str = ""
    cards: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Instrument:
    """An instrument, and what its observing blocks consist of."""

    name: str
    #: With which the identifiers of its frames begin.
    prefix: str
    first: date
    last: date
    telescopes: int
    #: Its part of all nights in which it was there.
    share: float
    settings: tuple[Setting, ...]
    acquisition: tuple[Shot, ...]
    #: The frames of one run of its observing template, by the day since which they are so.
    cycles: Mapping[date, tuple[Shot, ...]]
    laboratory: tuple[Shot, ...]
    #: Template ids: acquisition, science, calibrator.
    templates: tuple[str, str, str]
    #: Name of the original files.
    origfile: str
    #: EXPTIME is one DIT, not all of them.
    exptime_is_dit: bool = False
    #: DATE-OBS in whole seconds, some seconds late.
    coarse_date: bool = False

    def cycle(self, day: date) -> tuple[Shot, ...]:
        """Give the frames of the observing template on that day."""
        return self.cycles[max(since for since in self.cycles if since <= day)]

    def settings_on(self, day: date) -> list[Setting]:
        """Give the settings that there were on that day."""
        return [setting for setting in self.settings if setting.since <= day < setting.until]


def _at(chip: str, bcd: str, chop: str = "F", **other: object) -> Mapping[str, object]:
    names = ("HAWAII-2RG", "IR-LM", "MATISSE-LM") if chip == "LM" else ("AQUARIUS", "IR-N", "MATISSE-N")
    beams = {"bcd1": bcd.split("-")[0], "bcd2": bcd.split("-")[1], "chop": chop}
    return {"chip_name": names[0], "chip_type": names[1], "det_name": names[2], **beams, **other}


def _both(kind: str, tech: str, bcd: str, *, exposure: bool = False, catg: str = "", **cards: object) -> list[Shot]:
    """A frame of each arm of MATISSE: they start together and are read out one after the other."""
    label = "" if "{object}" in kind else kind
    return [
        Shot(kind, tech, exposure, catg, overhead=-57.0, label=label, cards=_at("LM", bcd, **cards)),  # type: ignore[arg-type]
        Shot(kind, tech, exposure, catg, 0.02, 3000, 25.0, label, _at("N", bcd, **cards)),  # type: ignore[arg-type]
    ]


_BCD = ("OUT-OUT", "OUT-IN", "IN-OUT", "IN-IN")
_MATISSE_CYCLE = (
    *_both("SKY", "IMAGE", "OUT-OUT"),
    *(shot for bcd in _BCD for shot in _both("{object}", "INTERFEROMETRY", bcd, exposure=True)),
    *(shot for bcd in _BCD for shot in _both("{object}", "IMAGE", bcd, chop="T")),
)

_LAMP, _STAR = {"lamp": "MIRROR", "scan": "T"}, {"lamp": "EMPTY", "scan": "T"}
_KAPPA = Shot("KAPPA,OBJECT", "INTERFEROMETRY", overhead=8.0, cards=_STAR)
_PIONIER_DARK = Shot("DARK", "IMAGE", overhead=8.0, label="DARK", cards=_STAR)


def _fringes(kind: str, tech: str) -> Shot:
    return Shot(kind, tech, exposure=True, overhead=35.0, cards=_STAR)


_OPEN, _A, _B = {"shutter": "ABOPEN"}, {"shutter": "AOPEN"}, {"shutter": "BOPEN"}

MIDI = Instrument(
    "MIDI", "MIDI", date(2004, 4, 1), date(2015, 3, 1), 2, 0.7,
    tuple(
        Setting(f"{opt1}+{gris}", 0.018, 4000, {"opt1": opt1, "gris": gris})
        for opt1 in ("HIGH_SENS", "SCI_PHOT") for gris in ("PRISM", "GRISM")
    ),
    (Shot("COARSE,OBJECT", "IMAGE,CHOPPING", catg="ACQUISITION", ndit=1500,
          cards={**_OPEN, "nrts": "CHOP_NODITHER"}),) * 2,
    {_ALWAYS: (
        Shot("SEARCH,OBJECT,DISPERSED", "IMAGE,WINDOW", exposure=True, cards={**_OPEN, "nrts": "OBS_FRINGE_NODISP"}),
        *(Shot("TRACK,OBJECT,DISPERSED", "IMAGE,WINDOW", exposure=True, ndit=8000,
               cards={**_OPEN, "nrts": "OBS_FRINGE_TRACK"}),) * 2,
        Shot("PHOTOMETRY,OBJECT", "IMAGE,CHOPPING,WINDOW", cards={**_A, "nrts": "CHOP_NODITHER"}),
        Shot("PHOTOMETRY,OBJECT", "IMAGE,CHOPPING,WINDOW", cards={**_B, "nrts": "CHOP_NODITHER"}),
    )},
    (Shot("DARK", "IMAGE", catg="CALIB", label="DARK", ndit=100, cards={**_OPEN, "nrts": "OBS_CALIB"}),),
    ("MIDI_starintf_acq", "MIDI_starintf_obs_fringe", "MIDI_starintf_obs_fringe"), "MIDI_STARINTF_OBS_FRINGE",
)  # fmt: skip

AMBER = Instrument(
    "AMBER", "AMBER", date(2004, 10, 1), date(2018, 9, 1), 3, 1.0,
    (
        Setting("Low_JHK", 0.025, 1000, {"specconf": "Low_JHK", "grating": "PRISM", "wlen": 2200.0}),
        Setting("Medium_K_1_2.1", 0.05, 1000, {"specconf": "Medium_K_1_2.1", "grating": "GMR", "wlen": 2100.0}),
        Setting("Medium_H_1_1.65", 0.05, 1000, {"specconf": "Medium_H_1_1.65", "grating": "GMR", "wlen": 1650.0}),
        Setting("High_K_1_2.172", 0.5, 120, {"specconf": "High_K_1_2.172", "grating": "GHR", "wlen": 2172.0}),
    ),
    (Shot("OBJECT", "IMAGE", catg="ACQUISITION", ndit=60, overhead=240.0),),
    {_ALWAYS: (
        Shot("DARK", "INTERFEROMETRY", label="DARK"),
        *(Shot("OBJECT", "INTERFEROMETRY", exposure=True),) * 5,
        Shot("SKY", "INTERFEROMETRY", label="SKY"),
    )},
    (
        Shot("3P2V", "INTERFEROMETRY", catg="CALIB", label="3P2V"),
        Shot("WAVE,3TEL", "INTERFEROMETRY", catg="CALIB", label="WAVE,3TEL"),
        Shot("FLUX", "INTERFEROMETRY", catg="CALIB", label="FLUX"),
    ),
    ("AMBER_3Tstd_acq", "AMBER_3Tstd_obs_1row", "AMBER_3Tstd_obs_1row"), "AMBER_3TSTD_OBS",
    exptime_is_dit=True,
)  # fmt: skip

_GRISM, _PRISM, _DPR = date(2014, 12, 1), date(2010, 10, 1), date(2013, 5, 14)

PIONIER = Instrument(
    "PIONIER", "PIONI", _PRISM, _NEVER, 4, 1.0,
    (
        Setting("SMALL-H", 0.000519, 51200, {"opti2": "H", "opti3": "SMALL"}, until=_GRISM),
        Setting("LARGE-H", 0.000719, 51200, {"opti2": "H", "opti3": "LARGE"}, until=_GRISM),
        Setting("GRISM-H", 0.00075, 51200, {"opti2": "GRISM", "opti3": "REF"}, since=_GRISM),
        Setting("FREE-H", 0.00055, 51200, {"opti2": "FREE", "opti3": "REF"}, since=_GRISM),
    ),
    (),
    {
        _ALWAYS: (*(_fringes("OBJECT", "IMAGE"),) * 5, _PIONIER_DARK, *(_KAPPA,) * 4),
        _DPR: (*(_fringes("FRINGE,OBJECT", "INTERFEROMETRY"),) * 5, _PIONIER_DARK, *(_KAPPA,) * 4),
    },
    (
        Shot("DARK", "IMAGE", catg="CALIB", label="DARK", cards=_STAR),
        Shot("FRINGE,LAMP", "INTERFEROMETRY", catg="CALIB", label="LAMP", cards=_LAMP),
        Shot("KAPPA,LAMP", "INTERFEROMETRY", catg="CALIB", label="LAMP", cards=_LAMP),
    ),
    ("PIONIER_acq", "PIONIER_obs_science", "PIONIER_obs_calibrator"), "PIONIER_OBS_FRINGE",
)  # fmt: skip


def _gravity(resolution: str, dit: float, ndit: int) -> list[Setting]:
    return [
        Setting(f"{resolution}-{pola}", dit, ndit, {"spec_res": resolution, "pola": pola})
        for pola in ("COMBINED", "SPLIT")
    ]


_GRAVITY_OBJECT = Shot("{object},{field}", "INTERFEROMETRY", exposure=True, overhead=25.0)
_GRAVITY_SKY = Shot("SKY,{field}", "SPECTRUM", label="SKY", overhead=25.0)

GRAVITY = Instrument(
    "GRAVITY", "GRAVI", date(2016, 1, 5), _NEVER, 4, 1.4,
    (*_gravity("LOW", 3.0, 80), *_gravity("MEDIUM", 10.0, 24), *_gravity("HIGH", 30.0, 10)),
    (Shot("OBJECT", "IMAGE", catg="ACQUISITION", dit=0.7, ndit=16, overhead=240.0),),
    {_ALWAYS: (_GRAVITY_OBJECT, _GRAVITY_SKY, _GRAVITY_OBJECT, _GRAVITY_OBJECT, _GRAVITY_SKY, _GRAVITY_OBJECT)},
    tuple(
        Shot(kind, tech, catg="CALIB", label=kind)
        for kind, tech in (("DARK", "IMAGE"), ("FLAT", "SPECTRUM"), ("P2VM", "SPECTRUM"), ("WAVE", "SPECTRUM"),
                           ("WAVE,SC", "SPECTRUM"), ("DISP", "SPECTRUM"), ("PIEZOTF", "SPECTRUM"))
    ),
    ("GRAVITY_{field}_acq", "GRAVITY_{field}_obs_exp", "GRAVITY_{field}_obs_calibrator"), "GRAVITY_OBS",
    coarse_date=True,
)  # fmt: skip


def _matisse(mode: str, dil: str, fil: str, wavelength: float, mode_n: str, din: str) -> Setting:
    cards = {"dil": dil, "fil": fil, "wl0": wavelength, "din": din}
    return Setting(mode, 0.6 if dil != "LOW" else 0.111, 100 if dil != "LOW" else 540, cards, mode_n=mode_n)


MATISSE = Instrument(
    "MATISSE", "MATIS", date(2018, 5, 1), _NEVER, 4, 1.2,
    (
        _matisse("SI_PHOT_L_LOW", "LOW", "LM", 3.5, "HIGH_SENS_N_LOW", "LOW"),
        _matisse("SI_PHOT_LM_LOW", "LOW", "LM", 4.1, "HIGH_SENS_N_LOW", "LOW"),
        _matisse("SI_PHOT_LM_MEDIUM", "MED", "LM", 4.1, "HIGH_SENS_N_HIGH", "HIGH"),
        _matisse("SI_PHOT_L_HIGH", "HIGH", "LM", 3.5, "HIGH_SENS_N_LOW", "LOW"),
    ),
    tuple(_both("OBJECT", "IMAGE", "OUT-OUT", catg="ACQUISITION")),
    {_ALWAYS: _MATISSE_CYCLE},
    tuple(
        shot for kind in ("DARK", "KAPPA_OBJ", "FLAT", "WAVE")
        for shot in _both(kind, "IMAGE", "OUT-OUT", catg="CALIB")
    ),
    ("MATISSE_img_acq", "MATISSE_hyb_obs", "MATISSE_hyb_obs"), "MATISSE_OBS",
    exptime_is_dit=True,
)  # fmt: skip

INSTRUMENTS = {instrument.name: instrument for instrument in (MIDI, AMBER, PIONIER, GRAVITY, MATISSE)}

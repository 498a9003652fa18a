"""The instrument modes of the simulated survey.

Bands, resolutions and names follow the observatories' public pages and files; the noise is typical of good nights.
Pure: imports nothing of oivo.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: OI_FLUX as a pipeline leaves it, for each telescope, and after calibration, for the target.
UNCALIBRATED, CALIBRATED = "U", "C"


@dataclass(frozen=True)
class Mode:
    """An instrument, set to one spectral configuration."""

    array: str
    #: INSTRUME
    instrument: str
    #: INSNAME
    insname: str
    #: INSMODE
    setting: str
    #: Outer edges of the band, m.
    shortest: float
    longest: float
    channels: int
    #: Integration of one point, s.
    integration: float
    #: Error of a visibility amplitude: the part that is proportional to it, and the floor.
    relative_error: float
    floor: float
    #: Least error of a closure phase, degrees.
    phase_error: float
    #: Has it OI_VIS (amplitudes and differential phases), OI_T3, OI_FLUX?
    vis: bool = False
    t3: bool = True
    flux: bool = False
    #: Probability that a baseline loses its fringes in a point.
    loss: float = 0.02

    @property
    def edges(self) -> NDArray[np.float64]:
        """Edges of the channels, m, shape (channels + 1,)."""
        return np.linspace(self.shortest, self.longest, self.channels + 1)

    @property
    def wavelength(self) -> NDArray[np.float64]:
        """Centres of the channels, m, shape (channels,)."""
        middle: NDArray[np.float64] = (self.edges[1:] + self.edges[:-1]) / 2
        return middle

    @property
    def bandwidth(self) -> NDArray[np.float64]:
        """Widths of the channels, m, shape (channels,)."""
        return np.diff(self.edges)


# fmt: off
PIONIER = Mode("VLTI", "PIONIER", "PIONIER_Pnat(1.5238/1.7762)", "GRISM", 1.4985e-6, 1.8015e-6, 6, 60.0,
               0.02, 0.008, 0.6)
GRAVITY_SC = Mode("VLTI", "GRAVITY", "GRAVITY_SC", "SINGLE,LOW,COMBINED,COMBINED", 1.99e-6, 2.45e-6, 20, 240.0,
                  0.012, 0.005, 0.4, vis=True, flux=True)
GRAVITY_FT = Mode("VLTI", "GRAVITY", "GRAVITY_FT", "SINGLE,LOW,COMBINED,COMBINED", 1.98e-6, 2.42e-6, 6, 240.0,
                  0.015, 0.008, 0.5, vis=True, flux=True)
MATISSE_L = Mode("VLTI", "MATISSE", "MATISSE_L_LOW", "SI_PHOT_L_LOW", 2.90e-6, 4.10e-6, 20, 60.0,
                 0.03, 0.012, 1.2, vis=True, flux=True)
MIRCX = Mode("CHARA", "MIRC-X", "MIRC-X_H_PRISM50", "H_PRISM50", 1.4800e-6, 1.7600e-6, 8, 150.0,
             0.025, 0.012, 1.0)
SPICA = Mode("CHARA", "SPICA", "SPICA_LR", "LR", 0.62e-6, 0.86e-6, 16, 300.0,
             0.04, 0.02, 4.0)
PAVO = Mode("CHARA", "PAVO", "PAVO_R", "R", 0.63e-6, 0.79e-6, 20, 120.0,
            0.03, 0.015, 5.0, t3=False)
CLASSIC = Mode("CHARA", "CLASSIC", "CLASSIC_Kp", "K'", 1.9585e-6, 2.3075e-6, 1, 180.0,
               0.02, 0.02, 5.0, t3=False, loss=0.0)
# fmt: on

"""Names as observers type them, and the stars that have given archives trouble.

Positions and motions are those of Hipparcos (van Leeuwen 2007), ICRS at epoch 2000.0, rounded. Pure: may import the
module `block` beside it.
"""

from dataclasses import replace

import numpy as np

from ingest.demo.frames.block import Target

#: Large proper motions, many names, companions nearby.
FAMOUS = (
    Target("alf CMa", 101.287155, -16.716116, -546.0, -1223.1, -1.4),
    Target("alf Cen A", 219.902066, -60.833974, -3679.3, 473.7, -1.5),
    Target("alf Cen B", 219.896096, -60.837527, -3614.4, 802.0, -0.6),
    Target("alf Eri", 24.428523, -57.236753, 87.0, -38.2, 0.9),
    Target("alf Ori", 88.792939, 7.407064, 27.5, 11.3, -4.0),
    Target("eps Eri", 53.232687, -9.458259, -975.2, 20.0, 1.8),
    Target("tau Cet", 26.017013, -15.937480, -1721.1, 854.2, 1.7),
    Target("HD 45677", 97.072398, -13.053078, 2.2, 1.4, 4.8),
    Target("HD 58647", 111.483724, -14.178755, -5.0, -3.3, 5.4),
)

_OTHER_NAMES = {
    "alf CMa": ("alf CMa", "Sirius", "SIRIUS", "ALF_CMA", "alf_CMa"),
    "alf Cen A": ("alf Cen A", "ALP_CEN_A", "Alpha_Cen_A", "alf_Cen_A", "alfcenA"),
    "alf Cen B": ("alf Cen B", "ALP_CEN_B", "alf_Cen_B"),
    "alf Eri": ("alf Eri", "ALP_ERI", "alp_Eri", "ACHERNAR"),
    "alf Ori": ("alf Ori", "BETELGEUSE", "alp_Ori", "Betelgeuse"),
    "eps Eri": ("eps Eri", "HD 22049", "HD22049", "EPS_ERI"),
    "tau Cet": ("tau Cet", "HD 10700", "tau_Cet"),
}


def spelled(target: Target, rng: np.random.Generator) -> Target:
    """Give a target with its name as another observer types it."""
    others = _OTHER_NAMES.get(target.typed)
    if others:
        return replace(target, typed=others[int(rng.integers(len(others)))])
    name = target.typed
    forms = (name, name, name, name.replace(" ", ""), name.replace(" ", "_"), name.lower())
    return replace(target, typed=forms[int(rng.integers(len(forms)))])

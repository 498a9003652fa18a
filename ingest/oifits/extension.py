"""What extensions of ObsCore for interferometers tell of a granule, beyond ObsCore itself.

docs/extension.md defines each number; ``uvplane``, ``configuration`` and ``precision`` compute them.
May import numpy, the standard library and this package's other modules.
"""

from dataclasses import dataclass

from ingest.oifits.configuration import configuration_of
from ingest.oifits.facts import fringe_tracker_of, polarisation_mode_of
from ingest.oifits.model import OIFitsFile, Wavelengths
from ingest.oifits.names import polarisation_of
from ingest.oifits.precision import precision_of
from ingest.oifits.rows import Part, gather
from ingest.oifits.times import believable
from ingest.oifits.uvplane import Ellipse, angle_coverage, distinct_points


@dataclass(frozen=True, slots=True)
class Extension:
    """Of one granule; None where the file does not tell.

    Attributes
    ----------
    f_resolution
        Width of the widest channel, Hz.
    uv_ecc, uv_fill
        Eccentricity of the distribution of its points in the uv plane, and share of the plane that they fill
        (`uvplane.Ellipse`).
    uv_angle
        Range of position angles of its baselines, deg (`uvplane.angle_coverage`).
    nb_baselines, nb_triplets
        Number of different pairs and triangles of telescopes.
    nb_vis2_valid, nb_t3phi_valid
        Number of squared visibilities and closure phases that are finite and not flagged.
    vis2_error, t3phi_error
        Median of their errors; that of closure phases in deg.
    t_exp_max, t_exp_mean
        Largest and mean INT_TIME of its rows that is `times.believable`, s; the smallest is `Granule.t_resolution`.
    distance_min, distance_max, diameter_min, diameter_max
        Distances on the ground between its telescopes, and their diameters, m (`configuration.Configuration`).
    polarisation
        P1 or P2 when INSNAME says that one channel of GRAVITY was measured; else COMBINED or SPLIT, as the header has
        it for the file.
    fringe_tracker
        What tracked fringes (HIERARCH ESO DEL FT SENSOR).
    """

    f_resolution: float | None
    uv_ecc: float | None
    uv_fill: float | None
    uv_angle: float | None
    nb_baselines: int
    nb_triplets: int
    nb_vis2_valid: int
    nb_t3phi_valid: int
    vis2_error: float | None
    t3phi_error: float | None
    t_exp_max: float | None
    t_exp_mean: float | None
    distance_min: float | None
    distance_max: float | None
    diameter_min: float | None
    diameter_max: float | None
    polarisation: str | None
    fringe_tracker: str | None


def extension_of(oifits: OIFitsFile, wavelengths: Wavelengths, parts: list[Part]) -> Extension:
    """Compute the numbers of a granule.

    Parameters
    ----------
    wavelengths, parts
        Its channels and its rows.
    """
    durations = gather(parts, lambda data: data.int_time)
    durations = durations[believable(durations)]
    points = gather(parts, lambda data: data.uv).reshape(-1, 2)
    u, v = distinct_points(points[:, 0], points[:, 1])
    ellipse = Ellipse(u, v) if u.size else None
    telescopes = configuration_of(oifits, parts)
    vis2 = precision_of(parts, "OI_VIS2", "VIS2DATA", "VIS2ERR")
    closures = precision_of(parts, "OI_T3", "T3PHI", "T3PHIERR")
    return Extension(
        f_resolution=wavelengths.widest_channel,
        uv_ecc=ellipse.eccentricity if ellipse else None,
        uv_fill=ellipse.filling(wavelengths.channels) if ellipse else None,
        uv_angle=angle_coverage(u, v) if u.size else None,
        nb_baselines=telescopes.nb_baselines,
        nb_triplets=telescopes.nb_triplets,
        nb_vis2_valid=vis2.valid,
        nb_t3phi_valid=closures.valid,
        vis2_error=vis2.error,
        t3phi_error=closures.error,
        t_exp_max=float(durations.max()) if durations.size else None,
        t_exp_mean=float(durations.mean()) if durations.size else None,
        distance_min=telescopes.distance_min,
        distance_max=telescopes.distance_max,
        diameter_min=telescopes.diameter_min,
        diameter_max=telescopes.diameter_max,
        polarisation=polarisation_of(wavelengths.insname) or polarisation_mode_of(oifits.header),
        fringe_tracker=fringe_tracker_of(oifits.header),
    )

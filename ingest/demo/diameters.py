"""Entries of JMDC and BadCal for a first start.

Diameters are a few published ones of well-known stars, as the articles have them. Reports of bad calibrators are
invented, on stars of the simulated survey, and say so in every field where somebody could take them for real. May
import ``ingest.catalogs`` and ``ingest.demo.stars``.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from ingest.catalogs.badcal import ReadReport, Report
from ingest.catalogs.editions import Edition, Row
from ingest.catalogs.jmdc import Measurement
from ingest.demo.stars import DEL_SCO, EPS_CEN, GAM_LYR, KAP_ORI, OMI_AND

#: Star, name in the publication, uniform disk, limb-darkened, error (mas), band, code, method, bibcode.
_PUBLISHED = (
    ("HD10144", "ALF ERI", 1.85, 1.92, 0.07, "4385A", 2, 3, "1974MNRAS.167..121H"),
    ("HD34085", "BET ORI", 2.43, 2.55, 0.05, "4385A", 2, 3, "1974MNRAS.167..121H"),
    ("HD38771", "KAP ORI", 0.44, 0.45, 0.03, "4430A", 2, 3, "1974MNRAS.167..121H"),
    ("HD66811", "ZET PUP", 0.41, 0.42, 0.03, "4430A", 2, 3, "1974MNRAS.167..121H"),
    ("HD116658", "ALF VIR", 0.85, 0.87, 0.04, "4430A", 2, 3, "1974MNRAS.167..121H"),
    ("HD118716", "EPS CEN", 0.47, 0.48, 0.03, "4430A", 2, 3, "1974MNRAS.167..121H"),
    ("HD143275", "DEL SCO", 0.45, 0.46, 0.04, "4430A", 2, 3, "1974MNRAS.167..121H"),
    ("HD48915", "ALF CMA", 5.6, 5.89, 0.15, "4430A", 2, 3, "1974MNRAS.167..121H"),
    ("HD48915", "ALF CMA", 5.936, 6.039, 0.016, "K", 8, 1, "2003A&A...408..681K"),
    ("HD48915", "ALF CMA", 5.823, 5.993, 0.108, "800nm", 5, 1, "2003AJ....126.2502M"),
    ("HD61421", "ALF CMI", 5.1, 5.5, 0.16, "4430A", 2, 3, "1974MNRAS.167..121H"),
    ("HD61421", "ALF CMI", 5.376, 5.448, 0.047, "K", 8, 1, "2004A&A...413..251K"),
    ("HD172167", "ALF LYR", 3.08, 3.24, 0.07, "4430A", 2, 3, "1974MNRAS.167..121H"),
    ("HD172167", "ALF LYR", 3.149, 3.225, 0.032, "800nm", 5, 1, "2003AJ....126.2502M"),
    ("HD187642", "ALF AQL", 2.78, 2.98, 0.13, "4430A", 2, 3, "1974MNRAS.167..121H"),
    ("HD216956", "ALF PSA", 1.98, 2.1, 0.13, "4430A", 2, 3, "1974MNRAS.167..121H"),
    ("HD216956", "ALF PSA", 2.197, 2.228, 0.023, "K", 8, 1, "2004A&A...426..601D"),
    ("HD10700", "TAU CET", 2.032, 2.078, 0.031, "K", 8, 1, "2004A&A...426..601D"),
    ("HD22049", "EPS ERI", 2.093, 2.148, 0.029, "K", 8, 1, "2004A&A...426..601D"),
    ("HD29139", "ALF TAU", 18.1, 20.9, 2.2, "746nm", 4, 2, "1979ApJ...228L.111B"),
    ("HD29139", "ALF TAU", 19.88, None, 0.14, "712nm", 4, 1, "1993ApJ...406..215Q"),
    ("HD29139", "ALF TAU", 19.626, 21.099, 0.211, "800nm", 5, 1, "2003AJ....126.2502M"),
    ("HD124897", "ALF BOO", 19.995, 21.373, 0.247, "800nm", 5, 1, "2003AJ....126.2502M"),
    ("HD128620", "ALF CEN A", 8.314, 8.511, 0.016, "K", 8, 1, "2003A&A...404.1087K"),
    ("HD201091", "61 CYG A", 1.72, 1.775, 0.013, "K", 8, 1, "2008A&A...488..667K"),
    ("HD39801", "ALF ORI", 41.01, 42.28, 0.41, "K", 8, 1, "2014A&A...572A..17M"),
)
_NOTE = "One of a few measurements that come with this site's demonstration."


def demo_measurements() -> Edition:
    """Return the diameters as an edition."""
    rows = []
    for line, (id1, id2, ud, ld, error, band, code, method, bibcode) in enumerate(_PUBLISHED, start=1):
        measurement = Measurement(
            id1=id1,
            id2=id2,
            ud_diam=ud,
            ld_diam=ld,
            e_ld_diam=error,
            band=band,
            method=method,
            bandcode=code,
            notes=_NOTE,
            bibcode=bibcode,
        )
        rows.append(Row(line, measurement))
    return Edition("demo", tuple(rows), ())


def demo_reports() -> Iterator[ReadReport]:
    """Yield the invented reports."""
    invented = (
        (KAP_ORI, "diameter", "PIONIER", 130.2, 1.65),
        (EPS_CEN, "binary", "GRAVITY", 129.8, 2.2),
        (GAM_LYR, "asymmetric", "MIRC-X", 310.0, 1.6),
        (OMI_AND, "binary", "MIRC-X", 278.5, 1.6),
        (DEL_SCO, "binary", "GRAVITY", 130.2, 2.2),
    )
    for line, (star, reason, instrument, baseline, wavelength) in enumerate(invented, start=1):
        yield ReadReport(
            line,
            Report(
                name=f"{star.name} (SIMULATED)",
                ra=round(star.ra, 8),
                dec=round(star.dec, 8),
                reason=reason,
                evidence="SIMULATED report: nothing is known against this star.",
                interferometer="CHARA" if instrument == "MIRC-X" else "VLTI",
                instrument=instrument,
                baseline=baseline,
                wavelength=wavelength,
                bibliography="SIMULATED",
                reporter="SIMULATED",
                affiliation="Simulated observatory",
            ),
            submitted=datetime(2026, 1, line, tzinfo=UTC),
            validated=datetime(2026, 1, 10 + line, tzinfo=UTC),
        )

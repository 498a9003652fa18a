"""What people may put right about a file or a granule, and how it must look.

The rules behind every form, the HTTP interface and the command line. Pure; may import ``ingest.errors``.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from ingest.errors import OivoError

#: Categories of ESO's DPR CATG, which OiDB took over.
CATEGORIES = ("SCIENCE", "CALIB", "ACQUISITION", "TECHNICAL", "TEST", "SIMULATION", "OTHER")
#: What the numbers of quality_level mean.
QUALITY = ("unknown", "trash", "to be reduced again", "quick look", "science ready", "outstanding")


class CorrectionError(OivoError):
    """A value that cannot be."""

    def __init__(self, field: str, problem: str, place: str = "") -> None:
        super().__init__(f"{field}: {problem}", place=place)
        self.field = field


@dataclass(frozen=True)
class Field:
    """One thing that can be put right.

    Attributes
    ----------
    name
        The column's name in ``oidb.oidb``.
    of_granule
        Whether it belongs to a granule; else to the file as a whole.
    label, help
        For forms and the documentation.
    check
        Returns the value as it is stored, as text; raises ValueError with what is wanted.
    """

    name: str
    of_granule: bool
    label: str
    help: str
    check: Callable[[str], str]


def _line(longest: int) -> Callable[[str], str]:
    def check(value: str) -> str:
        if len(value) > longest:
            raise ValueError(f"at most {longest} characters are wanted")
        if any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in value):
            raise ValueError("one line without control characters is wanted")
        return value

    return check


def _number(lowest: float, highest: float, unit: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        try:
            number = float(value)
        except ValueError:
            raise ValueError(f"a number in {unit} is wanted") from None
        if not lowest <= number <= highest:
            raise ValueError(f"{lowest:g} to {highest:g} {unit} is wanted")
        return repr(number)

    return check


def _category(value: str) -> str:
    if value.upper() not in CATEGORIES:
        raise ValueError(f"one of {', '.join(CATEGORIES)} is wanted")
    return value.upper()


def _quality(value: str) -> str:
    if not re.fullmatch("[0-5]", value):
        raise ValueError("a number from 0 (unknown) to 5 (outstanding) is wanted")
    return value


FIELDS = {
    field.name: field
    for field in (
        Field("progid", False, "Programme", "Observing programme or proposal.", _line(100)),
        Field("proposal_subid", False, "Sub-id", "Identifier inside the proposal.", _line(100)),
        Field("obs_id", False, "Observation", "Identifier of the observation, such as ESO's frame.", _line(120)),
        Field("dataproduct_category", False, "Category", "SCIENCE, CALIB or another of ESO's.", _category),
        Field("quality_level", False, "Quality", "0 unknown to 5 outstanding.", _quality),
        Field("procsoft", False, "Software", "Reduction software and its version.", _line(200)),
        Field("target_name", True, "Target", "Name of the target.", _line(100)),
        Field("s_ra", True, "RA", "Right ascension, ICRS.", _number(0, 360, "degrees")),
        Field("s_dec", True, "Dec", "Declination, ICRS.", _number(-90, 90, "degrees")),
        Field("facility", True, "Array", "Normalised name of the array.", _line(40)),
        Field("instrument", True, "Instrument", "Normalised name of the instrument.", _line(40)),
        Field("instrument_mode", True, "Mode", "Instrument mode as ASPRO2 names it.", _line(60)),
        Field("note", True, "Note", "Remark on the granule.", _line(1000)),
    )
}

#: Key of a granule in its file: row of OI_TARGET, INSNAME, night.
GranuleKey = tuple[int, str, int]


@dataclass(frozen=True)
class Correction:
    """A value that was put right.

    Attributes
    ----------
    field
        Key of `FIELDS`.
    value
        As it is stored; None takes the file's value away.
    granule
        The granule, or None for the file as a whole.
    """

    field: str
    value: str | None
    granule: GranuleKey | None = None


def checked_correction(field: str, value: str | None, granule: GranuleKey | None = None, place: str = "") -> Correction:
    """Return a correction whose value can be stored.

    Parameters
    ----------
    value
        As somebody wrote it; blanks around it go, and what is empty is None.
    place
        File, for the error.

    Raises
    ------
    CorrectionError
        For an unknown field, one of the wrong scope, or a value that cannot be.
    """
    known = FIELDS.get(field)
    if known is None:
        raise CorrectionError(field[:40], f"cannot be corrected; these can: {', '.join(FIELDS)}", place)
    if known.of_granule != (granule is not None):
        raise CorrectionError(field, f"belongs to the {'granule' if known.of_granule else 'file as a whole'}", place)
    text = (value or "").strip()
    if not text:
        if field in ("target_name", "s_ra", "s_dec"):
            raise CorrectionError(field, "cannot be empty", place)
        return Correction(field, None, granule)
    try:
        return Correction(field, known.check(text), granule)
    except ValueError as error:
        raise CorrectionError(field, f"{text[:40]!r}: {error}", place) from None

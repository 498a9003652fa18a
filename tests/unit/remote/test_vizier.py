"""What a ReadMe in CDS' standard form says."""

import pytest

from ingest.errors import MisuseError
from ingest.remote.fetch import Fetcher
from ingest.remote.guard import FetchError
from ingest.remote.vizier import find_catalogue, parse_readme

RULE = "=" * 80
README = f"""J/X+Y/12/A34      Disks of two simulated stars     (Example+, 2031)
{RULE}
The disks of two simulated stars, seen
by an interferometer of the imagination.
    Example A., Sample B., Muster C.
   <Imag. Astrophys. 12, A34 (2031)>
   =2031ImAst..12A..34E
{RULE}
ADC_Keywords: Interferometry ; Stars, diameters
Keywords: techniques: interferometric - stars: imaginary -
          methods: none

Abstract:
    We look at two stars
    that do not exist.

    They are round.

Description:
    Calibrated files.

File Summary:
{"-" * 80}
 FileName      Lrecl  Records   Explanations
{"-" * 80}
ReadMe            80        .   This file
fits/*             .        2   OIFITS
{RULE}
(End)          Nobody [CDS]    01-Jan-2031
"""


def test_a_readme() -> None:
    catalogue = parse_readme("J/X+Y/12/A34", README)
    assert catalogue.title == "The disks of two simulated stars, seen by an interferometer of the imagination"
    assert catalogue.author == "Example"
    assert catalogue.bibcode == "2031ImAst..12A..34E"
    assert catalogue.abstract == "We look at two stars that do not exist. They are round."
    assert catalogue.keywords == ("techniques: interferometric", "stars: imaginary", "methods: none")


@pytest.mark.parametrize("text", ["", "<html>not found</html>", README.replace("J/X+Y/12/A34", "J/X+Y/12/A35")])
def test_another_text_is_refused(text: str) -> None:
    with pytest.raises(FetchError, match="not the ReadMe"):
        parse_readme("J/X+Y/12/A34", text)


def test_a_readme_with_little_in_it() -> None:
    catalogue = parse_readme("II/345", "II/345   Diameters   (Nobody, 2031)\n" + RULE + "\nDiameters\n")
    assert (catalogue.title, catalogue.author, catalogue.bibcode, catalogue.keywords) == (
        "Diameters",
        "Nobody",
        None,
        (),
    )


@pytest.mark.parametrize("identifier", ["", "../etc", "J/A A/1", "http://x", "J//A", "J/A+A/545/A130/"])
def test_names_that_are_none(identifier: str) -> None:
    with pytest.raises(MisuseError, match="no catalogue"):
        find_catalogue(Fetcher(1000), "http://nowhere.example", identifier)

"""BibTeX, RIS, CSL-JSON and references of hostile titles: what goes in is what comes out, and nothing breaks out."""

import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.citation.bibtex import bibtex, key
from ingest.citation.people import Name, people_of
from ingest.citation.styles import csl, reference, ris
from ingest.citation.text import clean, latex, paragraphs
from tests.build.works import granule, work

#: A text and how LaTeX is told it.
LATEX = {
    "Plain text, 1 to 2.": "Plain text, 1 to 2.",
    "100 % of A & B": r"100 \% of A \& B",
    "R_star = $5 #1": r"R\_star = \$5 \#1",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "\\input{/etc/passwd}": r"\textbackslash{}input\textbraceleft{}/etc/passwd\textbraceright{}",
    "a^b~c": r"a\textasciicircum{}b\textasciitilde{}c",
    "Mérand, Çetin, Łódź, Åsa, Ångström": r"M{\'e}rand, {\c{C}}etin, {\L}{\'o}d{\'z}, {\r{A}}sa, {\r{A}}ngstr{\"o}m",
    "α Cen and Λ Boo, 5 μm": r"$\alpha$ Cen and $\Lambda$ Boo, 5 $\mu$m",
    "2–3 µm × 5° ± 1 −2": r"2--3 $\mu$m $\times$ 5$^\circ$ $\pm$ 1 $-$2",
    "“so” ‘called’": "``so'' `called'",
    "tab\there\x00, bell\x07, line\r\nbreak": "tab here, bell, line break",
    "right\u202eto left": "rightto left",
    "日本": "日本",
}
HOSTILE = [*LATEX, "</script><script>alert(1)</script>", "a } , url = {x", "@misc{a,", "TY  - DATA\r\nER  - ", "\ud800"]


@pytest.mark.parametrize(("text", "told"), LATEX.items())
def test_latex(text: str, told: str) -> None:
    assert latex(text) == told


@given(st.text())
def test_braces_match_and_nothing_is_a_command_of_the_text(text: str) -> None:
    told = latex(text)
    depth = 0
    for char in told:
        depth += {"{": 1, "}": -1}.get(char, 0)
        assert depth >= 0
    assert depth == 0
    assert not re.search(r"(?<!\\)[%#&_]", told)
    assert not [char for char in told if unicodedata.category(char) in ("Cc", "Cs")]


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert "\n" not in clean(text)
    assert all(part == clean(part) for part in paragraphs(text))


def test_paragraphs() -> None:
    assert paragraphs("one\ntwo\r\n\r\nthree\n \n\n") == ("one two", "three")


def fields(entry: str) -> dict[str, str]:
    """Return the fields of an entry, read as BibTeX reads it: braces are counted, whatever is before them."""
    head, _, rest = entry.partition(",\n")
    assert re.fullmatch(r"@misc\{[A-Za-z0-9:._-]+", head), head
    found = {}
    while match := re.match(r"\s*([a-z]+) = \{", rest):
        depth, end = 1, match.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(rest[end], 0)
            end += 1
        found[match[1]] = rest[match.end() : end - 1]
        rest = rest[end:].removeprefix(",\n")
    assert rest == "}\n", rest
    return found


@pytest.mark.parametrize("text", HOSTILE)
def test_an_entry_of_bibtex_survives_any_title(text: str) -> None:
    shown = bibtex(work(title=text, creators=(Name(text),), id="a b/c+d"))
    assert shown.count("\n@") == 0
    found = fields(shown)
    assert found["title"] == f"{{{latex(text)}}}"
    assert found["author"] == f"{{{latex(text)}}}"
    assert found["doi"] == "10.12345/oidb.5pa8-39em"


def test_bibtex() -> None:
    found = fields(bibtex(work()))
    assert found["author"] == "{Example}, Ada and {van der Meer}, Jan and {GRAVITY Collaboration}"
    assert found["year"] == "2021"
    assert found["publisher"] == "{Observatory of Examples}"
    assert found["version"] == "2021-06-02"
    assert found["url"] == "https://vo.example.org/collection/pionier_2020"
    assert key(work()) == "Example2021:pionier_2020"
    assert key(work(creators=people_of(("日本",)), id="J/A+A/1")) == "oidb2021:J_A_A_1"


def test_without_a_doi_the_address_is_cited() -> None:
    nameless = work(doi=None)
    assert "doi" not in fields(bibtex(nameless))
    assert reference(nameless).endswith(" https://vo.example.org/collection/pionier_2020")
    assert "DO  - " not in ris(nameless)


def test_a_granule_is_cited_with_the_doi_of_its_collection() -> None:
    found = fields(bibtex(granule()))
    assert found["doi"] == "10.12345/oidb.5pa8-39em"
    assert found["url"] == "https://vo.example.org/granule/7"
    assert "ivo://oivo.example/\\textasciitilde{}?oidb/7" in found["note"]
    told = reference(granule())
    assert "Granule ivo://oivo.example/~?oidb/7 of the collection “Diameters of bright stars”" in told
    assert told.endswith(" https://doi.org/10.12345/oidb.5pa8-39em")


def test_reference() -> None:
    assert reference(work()) == (
        "Example, Ada; van der Meer, Jan; GRAVITY Collaboration (2021): Diameters of bright stars. "
        "Version 2021-06-02. Observatory of Examples. Dataset. https://doi.org/10.12345/oidb.5pa8-39em"
    )
    many = reference(work(creators=people_of(("/".join(f"Person Number{n}" for n in range(20)),))))
    assert many.count(";") == 7
    assert "Number7, Person et al. (2021)" in many


@pytest.mark.parametrize("text", HOSTILE)
def test_ris_is_a_line_a_field_whatever_the_title(text: str) -> None:
    lines = ris(work(title=text, description=(text,), keywords=(text,), creators=(Name(text),))).split("\r\n")
    assert lines[0] == "TY  - DATA"
    assert lines[-2:] == ["ER  - ", ""]
    assert all(re.match(r"[A-Z][A-Z0-9]  - .", line) for line in lines[:-2])
    assert [line for line in lines if line.startswith("TI")] == [f"TI  - {clean(text) or 'pionier_2020'}"]


@pytest.mark.parametrize("text", HOSTILE)
def test_csl_json_survives_any_title(text: str) -> None:
    (told,) = json.loads(csl(work(title=text)).encode())
    assert told["title"] == (clean(text) or "pionier_2020")
    assert told["type"] == "dataset"
    assert told["issued"] == {"date-parts": [[2021]]}
    assert told["author"][1] == {"family": "van der Meer", "given": "Jan"}
    assert told["DOI"] == "10.12345/oidb.5pa8-39em"


def test_what_was_withdrawn_is_cited_as_such() -> None:
    gone = work(withdrawn=work().updated, why_withdrawn="The calibrators were wrong.")
    assert "Withdrawn 2021-06-02" in reference(gone)
    assert "Withdrawn 2021-06-02" in fields(bibtex(gone))["note"]

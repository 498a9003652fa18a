"""Answers of Sesame."""

import pytest

from ingest.targets.sesame import ResolverError, ask, read_answer

SIRIUS = (
    "# Sirius\t#Q20461\n#=S=Simbad (via url):    1\n%@ 8399845\n%C SB*\n"
    "%J 101.28715533 -16.71611586 = 06:45:08.91 -16:42:58.0\n"
    "%J.E [11.70 10.90 90] A 2007A&A...474..653V\n"
    "%P -546.01 -1223.07 [1.33 1.24 0] A 2007A&A...474..653V\n%I.0 * alf CMa\n"
)


def test_a_star() -> None:
    star = read_answer("Sirius", SIRIUS)
    assert star is not None
    assert (star.name, star.ra, star.dec) == ("alf CMa", 101.28715533, -16.71611586)
    assert (star.pm_ra, star.pm_dec, star.origin, star.aliases) == (-546.01, -1223.07, "resolver", ("Sirius",))


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("# x\n%J 10.5 -3\n%I.0 NAME Sgr A*\n", "Sgr A*"),
        ("# x\n%J 10.5 -3\n%I.0 V* CI Tau\n", "CI Tau"),
        ("# x\n%J 10.5 -3\n", "x"),
        ("#=Si=Simbad\n#!SsNothing found\n", None),
        ("# x\n", None),
    ],
)
def test_names(answer: str, name: str | None) -> None:
    star = read_answer("x", answer)
    assert (star and star.name) == name


@pytest.mark.parametrize("answer", ["", "<html>Service unavailable</html>", "# x\n%J 400 2\n", "# x\n%J 10 -91\n"])
def test_nonsense(answer: str) -> None:
    with pytest.raises(ResolverError):
        read_answer("x", answer)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "no address"])
def test_silence(address: str) -> None:
    with pytest.raises(ResolverError, match="does not answer"):
        ask(address, "Sirius")

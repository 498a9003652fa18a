"""Sheets: well-formed, repeatable, of odd files too."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import rcParams
from PIL import Image

from ingest.oifits import OIFitsError, granules_of, read_oifits
from ingest.quicklook import MEDIA_TYPES, draw, panels, points
from ingest.quicklook.style import shown
from tests.build.oifits import CARD, MJD, array, data, file, plain, target, wavelength

# sockets of other tests' clients may be collected while these run
pytestmark = pytest.mark.filterwarnings("error", "ignore::pytest.PytestUnraisableExceptionWarning")

SVG = "{http://www.w3.org/2000/svg}"
MANY = tuple(np.linspace(1.5e-6, 2.5e-6, 40))
HOSTILE = ("$\\frac{1}{0}$", "\\", "a\nb\x7f\u202e", "<script>", "]]>-- &", "%s{}$$")


def opened(content, name="test.fits"):
    oifits = read_oifits(content, name=name)
    return oifits, granules_of(oifits)[0]


def sheets(content, name="test.fits"):
    """The sheet as SVG, and its texts; a thumbnail is drawn, too."""
    oifits, granule = opened(content, name)
    assert Image.open(BytesIO(draw(oifits, granule, width_px=300))).size == (300, 200)
    svg = draw(oifits, granule, "svg")
    root = ElementTree.fromstring(svg)
    tags = {element.tag for element in root.iter()}
    assert not tags & {f"{SVG}script", f"{SVG}foreignObject", f"{SVG}a"}
    for element in root.iter():
        for attribute, value in element.attrib.items():
            assert not attribute.lower().startswith("on")
            if attribute.endswith("href"):
                assert value.startswith(("#", "data:image/png;base64,"))
    # glyphs are paths; matplotlib leaves what they say in comments
    return svg, re.findall(r"<!-- (.*?) -->", svg.decode())


def spectral(*tables, **odd):
    return file(target(), array(), wavelength(wave=MANY), *tables, **odd)


ODD = {
    "plain": (plain(), ("HD 1", "Squared visibility V²", "Position angle (°), north to east")),
    "version 2": (plain(2), ("HD 1",)),
    "spectra": (
        spectral(data(nwave=40), data("OI_T3", nwave=40), data("OI_VIS", nwave=40, cards={"PHITYP": "differential"})),
        ("Differential phase VISPHI (°)", "Wavelength (µm)"),
    ),
    "no OI_VIS2": (file(target(), wavelength(), data("OI_T3")), ("no OI_VIS2",)),
    "only OI_VIS": (file(target(), wavelength(), data("OI_VIS")), ("no OI_T3", "Visibility amplitude |V|")),
    "only OI_FLUX": (
        spectral(data("OI_FLUX", nwave=40, change={"FLUXDATA": ("40D", np.ones((1, 40)), "Jy")}), version=2),
        ("no OI_T3", "Flux (Jy)"),
    ),
    "only OI_FLUX, two channels": (file(target(), wavelength(), data("OI_FLUX"), version=2), ("no OI_VIS2",)),
    "no OI_VIS": (spectral(data(nwave=40), data("OI_T3", nwave=40)), ("no OI_VIS", "Closure phase (°)")),
    "all flagged": (file(target(), wavelength(), data(flags=True)), ("VIS2DATA: all 2 points flagged",)),
    "NaN": (
        file(target(), wavelength(), data(change={"VIS2DATA": ("2D", np.full((1, 2), np.nan))})),
        ("VIS2DATA: 2 points not finite",),
    ),
    "huge": (file(target(), wavelength(), data(change={"VIS2DATA": ("2D", np.full((1, 2), 1e29))})), ()),
    "one channel": (file(target(), wavelength(wave=(2.2e-6,)), data(nwave=1)), ("Wavelength 2.2 µm",)),
    "descending": (file(target(), wavelength(wave=MANY[::-1]), data(nwave=40)), ()),
    "micrometres": (file(target(), wavelength(wave=(1.6, 1.7)), data()), ("EFF_WAVE is in µm, not m: read so",)),
    "no wavelengths": (
        file(target(), wavelength(drop=["EFF_WAVE"]), data()),
        ("No wavelengths", "Projected baseline (m)"),
    ),
    "wavelengths NaN": (file(target(), wavelength(wave=[np.nan] * 40), data(nwave=40)), ("no wavelengths",)),
    "no coordinates": (file(target(), wavelength(), data(drop=["UCOORD"])), ("no (u, v) coordinates",)),
    "coordinates zero": (
        file(target(), wavelength(), data(change={name: ("D", np.zeros(1)) for name in ("UCOORD", "VCOORD")})),
        ("no (u, v) coordinates",),
    ),
    "errors of 1e10": (
        file(target(), wavelength(), data(change={"VIS2ERR": ("2D", np.full((1, 2), 1e10))})),
        ("○ 2 with large errors",),
    ),
    "negative errors": (file(target(), wavelength(), data(change={"VIS2ERR": ("2D", np.full((1, 2), -1.0))})), ()),
    "an outlier": (
        file(
            target(),
            wavelength(),
            data(mjd=[MJD] * 20, change={"VIS2DATA": ("2D", np.r_[np.linspace(0.1, 1, 39), 1e9].reshape(20, 2))}),
        ),
        ("1 outside",),
    ),
    "no MJD": (file(target(), wavelength(), data(drop=["MJD"])), ()),
    "no names": (file(target(names=("",)), wavelength(""), data(insname="", drop=["STA_INDEX"])), ("no name",)),
    "thousands of channels": (
        file(target(), wavelength(wave=np.linspace(1e-6, 2e-6, 4000)), data(mjd=[MJD] * 3, nwave=4000)),
        ("OI_VIS2 12,000 of 12,000 points",),
    ),
    "many baselines": (
        file(
            target(),
            wavelength(wave=MANY),
            data(mjd=[MJD] * 30, nwave=40, change={"STA_INDEX": ("2I", np.arange(1, 61).reshape(30, 2))}),
        ),
        ("60 stations",),
    ),
    "simulated": (plain(ORIGIN="Simulated by somebody"), ("SIMULATED",)),
    "simulated by its author": (plain(AUTHOR="simulator 2"), ("SIMULATED",)),
}


def test_png():
    png = draw(*opened(plain()))
    assert png.startswith(b"\x89PNG\r\n\x1a\n") and len(png) < 100_000
    picture = Image.open(BytesIO(png))
    assert picture.size == (1200, 800)
    assert picture.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    assert picture.info == {"Title": "HD 1, PIONIER, 2009-06-17", "Software": "oivo"}


@pytest.mark.parametrize(("content", "said"), ODD.values(), ids=ODD.keys())
def test_odd_files(content, said):
    _, texts = sheets(content)
    everything = "\n".join(texts)
    for text in said:
        assert text in everything


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(name):
    content = file(
        target(names=(name.encode("ascii", "replace").decode(),)),
        array("VLTI", {1: "$A_0", 2: "<b>&", 3: "\\", 4: "--"}),
        wavelength("$" * 60, wave=MANY),
        data(insname="$" * 60, nwave=40, cards={}),
    )
    svg, texts = sheets(content, name=name * 30 + ".fits")
    assert b"<script" not in svg and len(texts) > 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("HD 1", "HD 1"),
        ("a\n b\t c", "a b c"),
        ("\x07\u202e\ud800\U00020000", "????"),
        ("x" * 100, "x" * 40 + "…" + "x" * 19),
        ("α Cen", "α Cen"),
        ("", ""),
    ],
)
def test_shown(text, said):
    assert shown(text) == said


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_the_same_bytes_every_time_in_any_thread(form):
    content = spectral(data(mjd=[MJD] * 20, nwave=40), data("OI_VIS", nwave=40))
    before = dict(rcParams)
    with ThreadPoolExecutor(3) as threads:
        drawn = set(threads.map(lambda _: draw(*opened(content), form), range(4)))
    assert len(drawn) == 1
    assert dict(rcParams) == before


def test_the_same_bytes_in_another_process_and_no_pyplot():
    script = """if True:
        import hashlib, sys
        from ingest.oifits import granules_of, read_oifits
        from ingest.quicklook import draw
        oifits = read_oifits(sys.stdin.buffer.read(), name="test.fits")
        granule = granules_of(oifits)[0]
        print(*(hashlib.sha256(draw(oifits, granule, form)).hexdigest() for form in ("png", "svg")))
        print("matplotlib.pyplot" in sys.modules)
    """
    said = {
        subprocess.run([sys.executable, "-c", script], input=plain(), capture_output=True, check=True).stdout
        for _ in range(2)
    }
    (once,) = said
    assert once.endswith(b"False\n")


def test_the_settings_of_the_user_do_not_count(monkeypatch):
    oifits, granule = opened(plain())
    before = draw(oifits, granule)
    for name, value in (("font.size", 30), ("axes.grid", False), ("text.parse_math", True), ("axes.labelsize", 40)):
        monkeypatch.setitem(rcParams, name, value)
    assert draw(oifits, granule) == before


@pytest.mark.parametrize(("form", "width"), [("gif", 1200), ("png", 10), ("png", 10**6)])
def test_what_cannot_be_drawn(form, width):
    with pytest.raises(ValueError, match="no plot of form"):
        draw(*opened(plain()), form, width)


def test_many_points_stay_small():
    rng = np.random.default_rng(1)
    values = rng.normal(0.5, 0.1, (1500, 40))
    uv = {name: ("D", rng.normal(0, 60, 1500)) for name in ("UCOORD", "VCOORD")}
    content = spectral(data(mjd=[MJD] * 1500, nwave=40, change={"VIS2DATA": ("40D", values), **uv}))
    svg, texts = sheets(content)
    assert len(svg) < 2**20
    assert "1 in 3 points" in " ".join(texts) and "OI_VIS2 60,000 of 60,000 points" in " ".join(texts)
    assert b"data:image/png;base64," in svg


def test_few_points_stay_shapes_in_svg():
    svg, _ = sheets(plain())
    assert svg.count(b"data:image") == 1  # the colour bar
    assert panels.VECTOR_POINTS < points.MAX_POINTS


numbers = st.floats(width=64) | st.floats(-2, 2) | st.sampled_from([0.0, 1e300, -1e300, 1e-300, np.nan, np.inf])


@settings(max_examples=15)
@given(st.data(), st.sampled_from([1, 3, 9]))
def test_any_numbers(draw_from, channels):
    def some(*shape):
        size = int(np.prod(shape))
        found = draw_from.draw(st.lists(numbers, min_size=size, max_size=size))
        return np.array(found).reshape(shape)

    def cells(*names):
        return {name: (f"{channels}D", some(2, channels) if channels > 1 else some(2)) for name in names}

    def places(*names):
        return {name: ("D", some(2)) for name in names}

    with np.errstate(over="ignore"):
        waves = wavelength(wave=some(channels))
    content = file(
        target(),
        waves,
        data(mjd=[MJD] * 2, nwave=channels, change={**cells("VIS2DATA", "VIS2ERR"), **places("UCOORD", "VCOORD")}),
        data(
            "OI_T3",
            mjd=[MJD] * 2,
            nwave=channels,
            change={**cells("T3PHI", "T3PHIERR"), **places("U1COORD", "V2COORD")},
        ),
        data("OI_VIS", mjd=[MJD] * 2, nwave=channels, change=cells("VISPHI", "VISPHIERR")),
    )
    oifits, granule = opened(content)
    draw(oifits, granule, "png", 600)
    ElementTree.fromstring(draw(oifits, granule, "svg"))


RICH = file(
    target(("a", "b")),
    array(),
    wavelength("X"),
    wavelength("Y", wave=(2e-6,)),
    data("OI_VIS", mjd=(55000.1, 55001.2), insname="X", target_id=(1, 2)),
    data("OI_FLUX", insname="Y", nwave=1),
    version=2,
)


def drawn_or_refused(content):
    try:
        oifits = read_oifits(content, max_bytes=2**22)
        granules = granules_of(oifits)
    except OIFitsError:
        return
    for granule in granules[:2]:
        draw(oifits, granule, "png", 600)


@settings(max_examples=30)
@given(st.sampled_from([plain(), RICH]), st.data())
def test_mutated_files(content, draw_from):
    """Cards and bytes of the tables changed at random."""
    cards = [n for n in range(0, len(content), CARD) if content[n + 8 : n + 10] == b"= "]
    for start in draw_from.draw(st.lists(st.sampled_from(cards), max_size=2)):
        value = draw_from.draw(st.sampled_from([b"'9D'", b"'1E'", b"0", b"2", b"'x'", b"''", b"3"]))
        content = content[: start + 10] + value.ljust(CARD - 10) + content[start + CARD :]
    changed = bytearray(content)
    for _ in range(draw_from.draw(st.integers(0, 30))):
        changed[draw_from.draw(st.integers(2880, len(changed) - 1))] = draw_from.draw(st.integers(0, 255))
    drawn_or_refused(bytes(changed))


def test_real_files(reference):
    """One granule of every eleventh real file: what is drawn is small."""
    for path in sorted((reference / "oifits" / "files").iterdir())[::11]:
        oifits = read_oifits(path)
        for granule in granules_of(oifits)[:1]:
            assert len(draw(oifits, granule)) < 150_000

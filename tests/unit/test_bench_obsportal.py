"""The measurement of ObsPortal: what it writes to disk can be loaded, and how it prints. It runs as a whole in
`tests/integration/test_bench_obsportal.py`."""

import pytest

from ingest.bench_headers import parse_times, write_headers
from ingest.bench_obsportal import Figure
from ingest.demo.headers import large_survey
from ingest.harvest.sources import sources


def test_headers_on_disk_are_those_of_the_survey(tmp_path):
    written = write_headers(tmp_path / "headers", 30, 4)
    frames = {f"{frame.dp_id}.hdr": frame.text for frame in large_survey(30, 4)}
    found = {source.name.rpartition("/")[2]: source.read() for source in sources([tmp_path / "headers"])}
    assert found == frames
    assert written.headers == len(frames) == 91
    assert written.size == sum(map(len, frames.values()))
    assert 0 < written.packed < written.size / 10
    assert sum(map(len, written.sample.values())) >= 30


def test_parsers_are_timed_on_exposures_only():
    texts = [frame.text for frame in large_survey(4, 1)]
    times = parse_times(texts, rounds=1)
    assert times.headers == 4
    assert min(times.exposure, times.with_baselines, times.astropy) > 0


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (Figure("load", "1.0 s"), "load 1.0 s"),
        (Figure("load", "1.0 s", "times COPY", 4.0), "load 1.0 s 4.00 times COPY"),
        (Figure("load", "1.0 s", "times COPY", 4.0, 10), "load 1.0 s 4.00 times COPY bar: under 10"),
        (Figure("parse", "1 us", "times", 25.0, 20, at_least=True), "parse 1 us 25.00 times bar: over 20"),
    ],
)
def test_figures(figure, said):
    assert " ".join(str(figure).split()) == said

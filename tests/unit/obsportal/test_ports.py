"""The second port, for ASPRO2 in its developer mode."""

from pathlib import Path

import pytest

from ingest.home import Home
from ingest.instance import haproxy
from ingest.settings import load_settings


@pytest.mark.parametrize(("alias", "ports"), [("0", (8080,)), ("6543", (8080, 6543)), ("8080", (8080,))])
def test_ports_of_the_site(tmp_path: Path, alias: str, ports: tuple[int, ...]) -> None:
    assert load_settings(tmp_path / "oivo.toml", {"OIVO_SERVER_ASPRO_PORT": alias}).ports == ports


def test_haproxy_listens_on_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OIVO_SERVER_ASPRO_PORT", "6543")
    monkeypatch.setattr(haproxy.shutil, "which", lambda *_, **__: "/usr/sbin/haproxy")
    home = Home(tmp_path)
    home.run.mkdir(parents=True, exist_ok=True)
    haproxy.Balancer(home, 2).configure()
    written = (home.run / "haproxy.cfg").read_text(encoding="utf-8")
    assert written.count("    bind 127.0.0.1:") == 2
    assert "    bind 127.0.0.1:6543\n" in written
    assert "@" not in written

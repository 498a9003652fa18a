"""The life of an instance: started, found running, interrupted, repaired, stopped."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.home import Home
from tests.instances import PYTHON, Instance, copy_prepared, free_port, start


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not in {seconds} s: {what}"
        time.sleep(0.05)


def answers(instance: Instance) -> bool:
    try:
        with instance.get("/tap/availability"):
            return True
    except (urllib.error.URLError, OSError):
        return False


def test_up_again_finds_what_runs(site: Instance) -> None:
    done = site.oivo("up", "--detach")
    assert "running already" in done.stdout
    assert site.base in done.stdout
    done = site.oivo("status")
    assert "server    running" in done.stdout
    assert re.search(r"\d+ collections, \d+ files \(.*\), \d+ granules", done.stdout)


def test_two_homes_do_not_meet(site: Instance, empty_site: Instance) -> None:
    assert site.sql("SELECT count(*) AS n FROM archive.collection WHERE kind = 'simulation'")[0].n
    assert not empty_site.sql("SELECT 1 AS one FROM archive.collection WHERE id = 'sim_diameters'")
    assert "sim_diameters" not in empty_site.adql("SELECT id FROM oidb.collection")


def test_down_and_up_again(tmp_path: Path) -> None:
    instance = start(tmp_path, "--empty")
    instance.oivo("oidb", "create-collection", "kept", "--title", "Kept")
    assert "Stopped." in instance.oivo("down").stdout
    assert not answers(instance)
    assert instance.oivo("status", check=False).returncode == 1
    assert "Nothing was running." in instance.oivo("down").stdout
    done = instance.oivo("up", "--detach", "--empty")
    assert "Publishing" not in done.stderr, "nothing changed, so nothing is published anew"
    assert "kept" in instance.adql("SELECT id FROM oidb.collection")
    instance.oivo("down")


def test_a_home_can_be_moved_and_get_another_port(site: Instance) -> None:
    """The site is a copy of a home that was published in another folder on another port."""
    for table in ("oidb.oidb", "obsportal.exposure"):
        addresses = site.adql(f"SELECT access_url FROM {table} WHERE access_url LIKE 'http://localhost%'").split()[1:]
        assert addresses
        assert not [address for address in addresses if not address.startswith(f"{site.base}/")]
    linked = {row.referenceurl for row in site.sql("SELECT referenceurl FROM dc.interfaces")}
    assert any(address.startswith(f"{site.base}/") for address in linked)
    assert not [address for address in linked if "localhost" in address and not address.startswith(f"{site.base}/")]
    commands = (site.home.logs / "dachs-commands.log").read_text()
    assert commands.count("$ dachs imp ") == 1, "it was published where it was made, and not again"


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        instance = Instance(Home(tmp_path / "home"), taken.getsockname()[1])
        done = instance.oivo("up", "--detach", check=False)
    assert done.returncode == 1
    assert f"port {instance.port}" in done.stderr
    assert "OIVO_PORT" in done.stderr
    assert not instance.home.cluster.exists()


def test_a_mistake_in_the_settings_stops_the_start(tmp_path: Path) -> None:
    instance = Instance(Home(tmp_path / "home"), free_port())
    instance.home.root.mkdir()
    instance.home.settings_file.write_text('[site]\nnaem = "x"\n')
    done = instance.oivo("up", "--detach", check=False)
    assert done.returncode == 2
    assert "site.naem" in done.stderr
    assert "site.name" in done.stderr
    assert not instance.home.cluster.exists()


def test_settings_reach_the_site(tmp_path: Path) -> None:
    instance = Instance(Home(tmp_path / "home"), free_port())
    instance.home.root.mkdir()
    instance.home.settings_file.write_text('[site]\nname = "Tëst & 100% $ite"\nauthority = "test.authority"\n')
    instance.oivo("up", "--detach")
    try:
        with instance.get("/") as page:
            assert "Tëst &amp; 100% $ite" in page.read().decode()
        assert "ivo://test.authority/~?oidb/" in instance.adql("SELECT TOP 1 obs_publisher_did FROM ivoa.obscore")
        instance.home.settings_file.write_text('[site]\nname = "Renamed"\nauthority = "test.authority"\n')
        instance.oivo("down")
        instance.oivo("up", "--detach")
        with instance.get("/") as page:
            assert "Renamed" in page.read().decode()
    finally:
        instance.oivo("down")


def test_a_killed_server_comes_back_and_a_killed_supervisor_leaves_none(tmp_path: Path) -> None:
    instance = start(tmp_path, "--empty")
    try:
        first = server_processes(instance)
        assert len(first) == 1
        os.kill(first[0], signal.SIGKILL)
        wait_until(lambda: server_processes(instance) not in ([], first) and answers(instance), "a new server")
        supervisor = int((instance.home.run / "supervisor.pid").read_text())
        os.kill(supervisor, signal.SIGKILL)
        wait_until(lambda: not server_processes(instance), "the end of the server")
        instance.oivo("up", "--detach")
        assert answers(instance)
    finally:
        instance.oivo("down")
    assert not server_processes(instance)


def server_processes(instance: Instance) -> list[int]:
    """Process ids of the web servers of a home, from the kernel."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue
        if b"dachs_cli\0serve" in command and f"OIVO_HOME={instance.home.root}\0".encode() in environment + b"\0":
            found.append(int(folder.name))
    return sorted(found)


def test_several_workers_behind_haproxy(tmp_path: Path) -> None:
    if shutil.which("haproxy", path="/usr/sbin:/usr/bin") is None:
        pytest.skip("HAProxy is not installed")
    instance = start(tmp_path, "--workers", "2")
    try:
        assert len(server_processes(instance)) == 2
        for _ in range(6):
            assert "sim_" in instance.adql("SELECT TOP 1 obs_collection FROM ivoa.obscore")
        victim = server_processes(instance)[0]
        os.kill(victim, signal.SIGKILL)
        for _ in range(6):
            assert "sim_" in instance.adql("SELECT TOP 1 obs_collection FROM ivoa.obscore")
    finally:
        instance.oivo("down")
    assert not server_processes(instance)


def test_the_server_runs_scheduled_jobs(tmp_path: Path) -> None:
    instance = Instance(Home(tmp_path / "home"), free_port())
    copy_prepared(instance.home, empty=True)
    instance.home.settings_file.write_text('[schedule]\ntidy = "every 1 minutes"\nbackup = "off"\n')
    instance.oivo("up", "--detach", "--empty")
    try:
        # A new archive owes nothing from before it was made: let it be old.
        instance.sql("UPDATE archive.migration SET applied = now() - interval '1 day'")
        runs = "SELECT outcome FROM archive.job_run WHERE job = 'tidy' AND finished IS NOT NULL"
        wait_until(lambda: bool(instance.sql(runs)), "a run of tidy by the server", 90)
        assert [row.outcome for row in instance.sql(runs)] == ["done"]
        assert not instance.sql("SELECT 1 AS one FROM archive.job_run WHERE job = 'backup'")
        assert "done" in instance.oivo("jobs", "list").stdout
    finally:
        instance.oivo("down")


def test_jobs_by_hand(empty_site: Instance) -> None:
    listed = empty_site.oivo("jobs", "list").stdout
    assert all(name in listed for name in ("backup", "release-dates", "tidy"))
    done = empty_site.oivo("jobs", "run", "tidy")
    assert "removed" in done.stdout
    done = empty_site.oivo("jobs", "run", "nonsense", check=False)
    assert done.returncode == 2
    assert "backup" in done.stderr


def test_logs_carry_ids_and_no_secret(site: Instance) -> None:
    with site.get("/tap/availability") as reply:
        request = reply.headers["X-Request-Id"]
    assert re.fullmatch(r"[0-9a-f]{8}", request)
    web = site.home.dachs / "logs/web.log"
    wait_until(lambda: f"[{request}]" in web.read_text(), "the request in the log")
    assert re.search(r"\[[0-9a-f]{8}\]", (site.home.logs / "oivo.log").read_text())
    profiles = [path.read_text() for path in (site.home.dachs / "etc").glob("*query")]
    secrets = [line.partition("=")[2].strip() for text in profiles for line in text.splitlines() if "password" in line]
    assert secrets
    everything = site.logs() + json.dumps([path.name for path in site.home.logs.iterdir()])
    assert not any(secret in everything for secret in secrets)


def test_folders_are_closed_to_others(site: Instance) -> None:
    for folder in (site.home.files, site.home.run, site.home.logs, site.home.backups, site.home.cluster):
        assert folder.stat().st_mode & 0o077 == 0, folder


def test_in_the_foreground_until_it_is_interrupted(tmp_path: Path) -> None:
    instance = Instance(Home(tmp_path / "home"), free_port())
    copy_prepared(instance.home, empty=True)
    process = subprocess.Popen(
        [PYTHON, "-m", "ingest", "up", "--empty"],
        env=instance.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert instance.base in process.stdout.readline()
    assert any("Ctrl-C" in line for line in process.stdout)
    assert answers(instance)
    process.send_signal(signal.SIGINT)
    _, complained = process.communicate(timeout=60)
    assert "Traceback" not in complained
    assert process.returncode == 0
    assert not answers(instance)
    assert "stopped" in instance.oivo("status", check=False).stdout

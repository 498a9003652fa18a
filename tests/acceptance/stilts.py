"""STILTS, the validators of the field, as a program."""

import shutil
import subprocess

import pytest


def stilts(*arguments: str) -> str:
    """Run ``stilts ARGUMENTS`` and return what it printed; skip the test where it is not installed."""
    program = shutil.which("stilts")
    if program is None:
        pytest.skip("no stilts: apt-get install stilts")
    done = subprocess.run(
        [program, "-Djava.awt.headless=true", *arguments], capture_output=True, text=True, check=False, timeout=300
    )
    return done.stdout + done.stderr

"""Passwords and their hashes: ours, Apache's, and none that are weaker."""

import shutil
import subprocess

import bcrypt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.access import passwords
from ingest.access.passwords import (
    PasswordError,
    check_imported_hash,
    check_new_password,
    cost_of,
    hash_password,
    needs_rehash,
    verify_password,
)

REFUSED = {
    "": "too short",
    "short pw": "too short",
    "123456789": "too short",
    "x" * 73: "73 bytes",
    "é" * 37: "74 bytes",
    "tab\tin the middle": "control",
    "line\nfeed in it": "control",
    "nul\0in the middle": "control",
    "\ud800 surrogate half": "control",
    "1234567890": "easy",
    "0987654321": "easy",
    "aaaaaaaaaaaa": "easy",
    "abcdefghijkl": "easy",
    "qwertyuiop": "easy",
    "qwertzuiop12": "easy",
    "1q2w3e4r5t6z": "easy",
    "password123": "easy",
    "P@ssw0rd!!": "easy",
    "PASSWORDpassword": "easy",
    "interferometry2026": "easy",
    "Vlti-Gravity-2026": "easy",
    "ada.example1": "easy",
    "Example.Ada99": "easy",
    "8472619350": "easy",
    "abababababab": "easy",
}
ACCEPTED = (
    "wool Larch 48 quay",
    "correct horse battery",
    "J7#kfq!!9Qz",
    "Blätter im Wind 7",
    "干渉計で星を見る夜は長い",
    "x7" + "kd93 mfuw" * 7 + "abc9k2p",
    "48213 97715 60234 11875",
    "it's: a colon, and a\"quote",
)


@pytest.mark.parametrize(("password", "why"), REFUSED.items())
def test_refused(password, why):
    with pytest.raises(PasswordError, match=why):
        check_new_password(password, "ada@example.org", "Ada Example")


@pytest.mark.parametrize("password", ACCEPTED)
def test_accepted(password):
    check_new_password(password, "ada@example.org", "Ada Example")


@given(st.text(max_size=100))
def test_any_text_is_taken_or_refused(password):
    try:
        check_new_password(password, "ada@example.org", "Ada Example")
    except PasswordError:
        return
    assert len(password.encode()) <= 3 * 72
    assert len(password) >= 10


@pytest.fixture
def cheap(monkeypatch):
    monkeypatch.setattr(passwords, "COST", 4)


def test_hash_is_as_strong_as_promised():
    made = hash_password("wool Larch 48 quay")
    assert made.startswith("$2y$12$")
    assert cost_of(made) == 12
    assert not needs_rehash(made)
    assert verify_password("wool Larch 48 quay", made)
    assert not verify_password("wool Larch 48 quaY", made)
    assert check_imported_hash(made) == made


@given(st.text(max_size=90))
def test_only_the_same_password_is_right(password):
    stored = f"$2y${bcrypt.hashpw(b'wool Larch 48 quay', bcrypt.gensalt(4)).decode()[4:]}"
    assert verify_password(password, stored) == (password == "wool Larch 48 quay")


@settings(max_examples=10)
@given(st.text(max_size=90))
def test_nothing_is_right_without_a_hash(password):
    assert not verify_password(password, None)


def test_letters_may_be_composed_in_either_way(cheap):
    stored = hash_password("Bl\u00e4tter im Wind 7")
    assert verify_password("Bla\u0308tter im Wind 7", stored)


def test_what_comes_after_72_bytes_counts(cheap):
    stored = hash_password("x" * 72)
    assert verify_password("x" * 72, stored)
    assert not verify_password("x" * 73, stored)


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "plain",
        "$apr1$kYvbN1Dq$2zJQ4NbiAplP6bvVyBFjf.",
        "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
        "rqXexS6ZhobKA",
        "$5$rounds=5000$abc$0123456789012345678901234567890123456789012",
        "$6$abc$" + "x" * 86,
        "$2x$12$" + "." * 53,
        "$2y$12$" + "." * 52,
        "$2y$12$" + "." * 54,
        "$2y$05$" + "." * 53,
        "$2y$11$" + "." * 53,
        "$2y$17$" + "." * 53,
        "$2y$31$" + "." * 53,
        "$2y$1२$" + "." * 53,
        "$2y$12$" + "." * 52 + "\n",
        "$2y$12$" + "." * 53 + "\nroot:x",
    ],
)
def test_weaker_or_other_hashes_are_refused(stored):
    with pytest.raises(PasswordError):
        check_imported_hash(stored)


@pytest.mark.parametrize("form", ["$2a$", "$2b$", "$2y$"])
def test_forms_of_bcrypt(form):
    stored = form + bcrypt.hashpw(b"wool Larch 48 quay", bcrypt.gensalt(5)).decode()[4:]
    assert verify_password("wool Larch 48 quay", stored)
    assert needs_rehash(stored)


@pytest.mark.parametrize("password", ACCEPTED)
def test_apache_verifies_our_hashes(password, tmp_path):
    program = shutil.which("htpasswd")
    if program is None:
        pytest.skip("htpasswd is not installed: apt-get install apache2-utils")
    path = tmp_path / "htpasswd"
    path.write_text(f"ada@example.org:{hash_password(password)}\n", encoding="ascii")

    def verified(text):
        command = [program, "-v", "-i", str(path), "ada@example.org"]
        return subprocess.run(command, input=text.encode(), capture_output=True, check=False).returncode == 0

    assert verified(password)
    assert not verified(f"{password}."[-72:])


def test_we_verify_hashes_of_apache():
    program = shutil.which("htpasswd")
    if program is None:
        pytest.skip("htpasswd is not installed: apt-get install apache2-utils")
    made = subprocess.run([program, "-niBC", "12", "a"], input=b"wool Larch 48 quay", capture_output=True, check=True)
    stored = made.stdout.decode().strip().partition(":")[2]
    assert verify_password("wool Larch 48 quay", check_imported_hash(stored))

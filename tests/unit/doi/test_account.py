"""The account at DataCite: what must be set, and a password file that nobody else can read."""

from pathlib import Path

import pytest

from ingest.doi.account import account_of, missing
from ingest.errors import MisuseError
from ingest.home import Home

SETTINGS = {
    "OIVO_DOI_PREFIX": "10.12345",
    "OIVO_DOI_REPOSITORY": "TEST.OIVO",
    "OIVO_SITE_BASE_URL": "https://vo.example.org",
    "OIVO_SITE_ORGANISATION": "Observatory of Examples",
}


def configured(home: Home, monkeypatch: pytest.MonkeyPatch, content: bytes | None, mode: int = 0o600) -> Path:
    path = home.root / "datacite.password"
    if content is not None:
        path.write_bytes(content)
        path.chmod(mode)
    for name, value in {**SETTINGS, "OIVO_DOI_PASSWORD_FILE": str(path)}.items():
        monkeypatch.setenv(name, value)
    return path


def test_dois_are_off_until_all_is_set(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ["doi.prefix", "doi.repository", "doi.password_file", "site.base_url", "site.organisation"]
    assert missing(home) == wanted
    with pytest.raises(MisuseError, match=", ".join(wanted)) as caught:
        account_of(home)
    assert caught.value.exit_status == 2
    configured(home, monkeypatch, b"secret\n")
    again = Home(home.root)
    assert missing(again) == []
    account = account_of(again)
    assert (account.password, account.repository, account.api_url) == (
        *("secret", "TEST.OIVO", "https://api.datacite.org"),
    )


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        (None, 0o600, "cannot be read"),
        (b"secret\n", 0o640, "chmod 600"),
        (b"secret\n", 0o604, "chmod 600"),
        (b"", 0o600, "no password"),
        (b"\nsecret\n", 0o600, "no password"),
        (b"\xff\xfe", 0o600, "no password"),
    ],
)
def test_a_password_file_that_cannot_be_used(
    home: Home, monkeypatch: pytest.MonkeyPatch, content: bytes | None, mode: int, said: str
) -> None:
    path = configured(home, monkeypatch, content, mode)
    with pytest.raises(MisuseError, match=said) as caught:
        account_of(home)
    assert str(path) in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_folder_is_no_password(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    configured(home, monkeypatch, None).mkdir()
    with pytest.raises(MisuseError, match="cannot be read"):
        account_of(home)

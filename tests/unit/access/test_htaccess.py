"""Texts for Apache: what is refused, and that nothing in a name can become a directive."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.access.htaccess import (
    FileRule,
    Server,
    folders_of,
    htaccess,
    htpasswd,
    is_writable_login,
    why_bad_server,
    why_not_writable,
)
from ingest.access.tree import MANIFEST, batches, difference, make_plan, read_manifest
from tests.build.access import HASH

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
END = NOW + timedelta(days=3)
SERVER = Server("/etc/oivo/tree.htpasswd", "/data/oidb", "UTC")

#: Names that are written as they are: real Apache agrees, in tests/acceptance/test_apache.py.
GOOD = (
    "plain.fits",
    "two words.fits",
    " blank first.fits",
    "blank last.fits ",
    "o'neil.fits",
    "100%.fits",
    "%{TIME}.fits",
    "%2e%2e.fits",
    "a&b;c|d,e=f+g.fits",
    "(a){b}^c$.fits",
    "$1.fits",
    "#a.fits",
    "!a.fits",
    "-a.fits",
    "~a.fits",
    "a~",
    "étoile.fits",
    "星.fits",
    "a.fits.gz",
    "x" * 250 + ".fits",
)
#: Names that are refused, with a word of the reason.
BAD = {
    'quote".fits': "mean something",
    "back\\slash.fits": "mean something",
    "star*.fits": "mean something",
    "what?.fits": "mean something",
    "[ab].fits": "mean something",
    "<a>.fits": "mean something",
    "new\nline.fits": "control",
    "tab\t.fits": "control",
    "null\0.fits": "control",
    "line\u2028separator.fits": "control",
    "not-utf-8-\udcff.fits": "control",
    "~": "something else",
    "${PATH}.fits": "something else",
    "a${x.fits": "something else",
    ".hidden.fits": "dot",
    ".htaccess": "dot",
    "..": "dot",
    "a/../b.fits": "dot",
    "a/./b.fits": "dot",
    "a//b.fits": "empty",
    "/absolute.fits": "empty",
    "folder/": "empty",
    "": "empty",
    "shell.php": "may run",
    "shell.php.fits": "may run",
    "SHELL.PHP7.fits": "may run",
    "page.shtml": "may run",
    "y" * 256: "too long",
    "/".join(["folder"] * 600): "too long",
}


@pytest.mark.parametrize("name", GOOD)
def test_good_names(name):
    assert why_not_writable(name) == ""
    assert f'<Files "{name}">\n' in htaccess("", [FileRule(name, NOW)], SERVER, NOW, END)


@pytest.mark.parametrize("name", BAD)
def test_bad_names(name):
    assert BAD[name] in why_not_writable(name)
    with pytest.raises(ValueError, match=re.escape(BAD[name])):
        htaccess("", [FileRule(name, NOW)], SERVER, NOW, END)
    plan = make_plan([FileRule(name, NOW), FileRule("good.fits", NOW)], {}, SERVER, NOW, END)
    assert list(plan.left_out) == [name]
    assert [rule.path for rule in plan.rules] == ["good.fits"]


@given(st.text(max_size=40))
def test_a_name_is_refused_or_stays_in_its_quotes(name):
    if why_not_writable(name) or "/" in name:
        return
    empty = htaccess("", [], SERVER, NOW, END).splitlines()
    lines = htaccess("", [FileRule(name, NOW)], SERVER, NOW, END).split("\n")
    assert [line for line in lines if line.startswith("<Files")] == ['<Files "*">', f'<Files "{name}">']
    assert len(lines) == len(empty) + 7


@given(st.text(max_size=60))
def test_no_login_becomes_a_directive(login):
    if is_writable_login(login):
        assert not set(login) & set('"\\%$ \n\t:<>') and login.isascii()
        return
    with pytest.raises(ValueError, match="cannot be written"):
        htaccess("", [FileRule("a", None, {login: None})], SERVER, NOW, END)
    with pytest.raises(ValueError, match="cannot be written"):
        htpasswd({login: HASH})


@pytest.mark.parametrize("login", ["a@example.org", "o'brien+x@example.org", "a_b-c.d@host", "p=q/r@example.org"])
def test_good_logins(login):
    assert is_writable_login(login)


def test_denied_by_default():
    text = htaccess("", [], SERVER, NOW, END)
    outside, inside = text.split('<Files "*">')
    assert "\nRequire all denied\n" in outside and "\nRequire all denied\n" in inside
    assert "granted" not in text and "\nSatisfy All\n" in text
    assert not re.search(r"^(Order|Allow|Deny|Options|SetHandler)\b", text, re.M), "needs no more than AuthConfig"


def test_hardened():
    text = htaccess("", [], Server("/p", hardened=True), NOW, END)
    assert "\nOptions None\nSetHandler default-handler\n" in text


def test_what_time_changes_ends_with_the_rules():
    rule = FileRule("a", NOW + timedelta(days=1), {"short@x.org": NOW + timedelta(hours=1), "long@x.org": None})
    text = htaccess("", [rule], SERVER, NOW, END)
    assert "-ge 20260602120000\nRequire expr %{TIME} -lt 20260604120000\n" in text
    assert '-lt 20260601130000\nRequire user "short@x.org"\n' in text
    assert '-lt 20260604120000\nRequire user "long@x.org"\n' in text
    late = htaccess("", [FileRule("a", END, {"gone@x.org": NOW})], SERVER, NOW, END)
    assert '<Files "a">' not in late and "gone@" not in late


def test_bound_to_the_folder():
    text = htaccess("sub/été", [FileRule("sub/été/a", NOW)], SERVER, NOW, END)
    assert r"Require expr %{REQUEST_URI} =~ m|^/data/oidb/sub/\xc3\xa9t\xc3\xa9/[^/]+$|" in text
    assert "REQUEST_URI" not in htaccess("", [FileRule("a", NOW)], Server("/p"), NOW, END)
    assert "m|^/[^/]+$|" in htaccess("", [FileRule("a", NOW)], Server("/p", ""), NOW, END)


@pytest.mark.parametrize("path", ["relative", '/with"quote', "/with\nline", "/${HOME}", "/%{x}", "/back\\slash", ""])
def test_bad_password_files(path):
    assert why_bad_server(Server(path))


def test_htpasswd():
    assert htpasswd({"b@x.org": HASH.replace("$2y$", "$2b$"), "a@x.org": HASH}) == f"a@x.org:{HASH}\nb@x.org:{HASH}\n"
    for bad in ("", "plain", "{SHA}xxx", "$apr1$x$y", HASH + "\n", HASH + "x", "$2y$04$short"):
        with pytest.raises(ValueError, match="cannot be written"):
            htpasswd({"a@x.org": bad})


def test_folders():
    assert folders_of(["a/b/c.fits", "d.fits"]) == {"", "a", "a/b"}
    assert folders_of([]) == {""}


def plan(*rules, hashes=None, folders=(), now=NOW):
    return make_plan(rules, hashes or {}, SERVER, now, now + (END - NOW), folders=folders)


def test_each_folder_has_its_file_and_only_who_is_named_a_password():
    made = plan(
        FileRule("a.fits", None, {"in@x.org": None, "without@x.org": None, "b%d@x.org": None}),
        FileRule("sub/deep/a.fits", NOW),
        hashes={"in@x.org": HASH, "other@x.org": HASH, "b%d@x.org": HASH},
        folders={"empty"},
    )
    assert sorted(made.texts) == [".htaccess", "empty/.htaccess", "sub/.htaccess", "sub/deep/.htaccess"]
    assert made.passwords == f"in@x.org:{HASH}\n"
    assert made.without_password == {"without@x.org", "b%d@x.org"}
    assert "without@" not in made.texts[".htaccess"]
    assert '<Files "a.fits">' in made.texts["sub/deep/.htaccess"]
    assert '<Files "a.fits">' not in made.texts["sub/.htaccess"]


def test_manifest_names_nobody_and_is_read_back():
    made = plan(FileRule("a.fits", None, {"in@x.org": None}), FileRule("b.fits", NOW), hashes={"in@x.org": HASH})
    text = made.manifest("tree")
    assert "in@x.org" not in text and HASH not in text
    written = read_manifest(text)
    assert (written.digest, written.written, written.expires) == (made.digest, NOW, END)
    assert written.files["b.fits"] == "public" and written.folders == {""}
    for broken in ("", "{}", "[]", "null", text[:-9], text.replace('"version": 1', '"version": 2'), '{"version": 1}'):
        assert read_manifest(broken).files is None
    assert json.loads(text)["tree"] == "tree" and MANIFEST.startswith(".ht")


def test_the_digest_follows_from_what_is_allowed_not_from_the_hour():
    rules = [FileRule("a.fits", END, {"in@x.org": None}), FileRule("b.fits", NOW)]
    first = plan(*rules, hashes={"in@x.org": HASH})
    assert plan(*rules, hashes={"in@x.org": HASH}, now=NOW + timedelta(hours=5)).digest == first.digest
    assert first.texts != plan(*rules, hashes={"in@x.org": HASH}, now=NOW + timedelta(hours=5)).texts
    others = [
        plan(*rules),
        plan(*rules, hashes={"in@x.org": HASH.replace("48/G", "48/H")}),
        plan(*rules, hashes={"in@x.org": HASH}, folders={"x"}),
        plan(*rules, hashes={"in@x.org": HASH}, now=END),
        plan(rules[0], hashes={"in@x.org": HASH}),
        plan(FileRule("a.fits", END, {"in@x.org": END}), rules[1], hashes={"in@x.org": HASH}),
    ]
    assert first.digest not in [other.digest for other in others]


def test_difference_in_words():
    before = plan(FileRule("a"), FileRule("b", NOW), FileRule("c", NOW), FileRule("d", None, {"in@x.org": None}))
    after = plan(FileRule("a", NOW), FileRule("b"), FileRule("d", END), FileRule("e"))
    said = difference(read_manifest(before.manifest("")), after)
    assert said == "1 new, 1 gone, so denied, 1 become public, 1 become private, 1 with other readers"
    assert difference(read_manifest(after.manifest("")), after) == "nothing changes"


def test_order_of_writing():
    """Who is new has no password before the rules are, and who goes has none after the first step."""
    made = plan(
        FileRule("a", None, {"new@x.org": None, "stays@x.org": None}), hashes={"new@x.org": HASH, "stays@x.org": HASH}
    )
    steps = batches(made, "t", f"stays@x.org:{HASH}\ngoes@x.org:{HASH}\n")
    assert [[path for path, _ in step] for step in steps] == [[".htpasswd"], [".htaccess"], [".htpasswd"], [MANIFEST]]
    assert steps[0][0][1] == f"stays@x.org:{HASH}\n"
    assert steps[2][0][1] == f"new@x.org:{HASH}\nstays@x.org:{HASH}\n"

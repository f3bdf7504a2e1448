from __future__ import annotations

from pathlib import Path

import pytest

from bridge.server.security import Forbidden, Guard, is_local, new_token

LOCAL = Guard("secret")
OPEN = Guard("secret", "0.0.0.0", ("studio",))


@pytest.mark.parametrize("host", ["127.0.0.1:8730", "localhost", "LOCALHOST:1", "[::1]:8730"])
def test_a_local_server_knows_itself(host):
    assert LOCAL.knows_host(host)


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "127.0.0.1.evil.example", "192.168.0.7:8730", "[::1", "@", "studio"],
)
def test_it_answers_to_no_other_name(host):
    assert not LOCAL.knows_host(host)


def test_an_open_server_answers_to_addresses_and_given_names_only():
    assert all(OPEN.knows_host(host) for host in ("192.168.0.7:8730", "studio:8730", "localhost"))
    assert not OPEN.knows_host("evil.example")


def test_only_its_own_pages_may_ask():
    assert LOCAL.knows_origin(None, "localhost:8730")
    assert LOCAL.knows_origin("http://localhost:8730", "localhost:8730")
    for origin in ("null", "http://evil.example", "http://localhost:1", "https://localhost:8730"):
        assert not LOCAL.knows_origin(origin, "localhost:8730")


def test_the_token():
    assert LOCAL.knows_token("secret")
    assert not any(LOCAL.knows_token(given) for given in ("", "secre", "secretx", "s\ud800", "é"))
    assert new_token() != new_token()


def test_what_is_local():
    assert is_local("127.0.0.1") and is_local("::1") and is_local("localhost")
    assert not is_local("0.0.0.0") and not is_local("::") and not is_local("box")


def test_films_come_from_the_named_folders_only(tmp_path):
    films = tmp_path / "films"
    films.mkdir()
    (tmp_path / "secret.mp4").touch()
    (films / "link.mp4").symlink_to(tmp_path / "secret.mp4")
    guard = Guard("secret", "0.0.0.0", (), (films,))
    assert guard.film(str(films / "a.mp4")) == str(films / "a.mp4")
    for path in ("link.mp4", "../secret.mp4", "../films-too/a.mp4"):
        with pytest.raises(Forbidden):
            guard.film(str(films / path))
    assert LOCAL.film("/a/../b.mp4") == str(Path("/b.mp4").resolve())

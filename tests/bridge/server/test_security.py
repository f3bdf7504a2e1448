from __future__ import annotations

from pathlib import Path

import pytest

from bridge.server.security import Forbidden, Guard, is_local, new_token

LOCAL = Guard("secret")
PUBLIC = Guard("secret", "0.0.0.0", ("studio",))


@pytest.mark.parametrize("host", ["127.0.0.1:8730", "localhost", "LOCALHOST:1", "[::1]:8730"])
def test_a_local_server_accepts_local_hosts(host):
    assert LOCAL.knows_host(host)


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "127.0.0.1.evil.example", "192.168.0.7:8730", "[::1", "@", "studio"],
)
def test_a_local_server_refuses_other_hosts(host):
    assert not LOCAL.knows_host(host)


def test_a_public_server_accepts_addresses_and_its_names_only():
    assert all(PUBLIC.knows_host(host) for host in ("192.168.0.7:8730", "studio:8730", "localhost"))
    assert not PUBLIC.knows_host("evil.example")


def test_only_the_servers_own_pages_are_accepted():
    assert LOCAL.knows_origin(None, "localhost:8730")
    assert LOCAL.knows_origin("http://localhost:8730", "localhost:8730")
    for origin in ("null", "http://evil.example", "http://localhost:1", "https://localhost:8730"):
        assert not LOCAL.knows_origin(origin, "localhost:8730")


def test_only_the_token_is_accepted():
    assert LOCAL.knows_token("secret")
    assert not any(LOCAL.knows_token(given) for given in ("", "secre", "secretx", "s\ud800", "é"))
    assert new_token() != new_token()


def test_loopback_addresses_are_local():
    assert is_local("127.0.0.1") and is_local("::1") and is_local("localhost")
    assert not is_local("0.0.0.0") and not is_local("::") and not is_local("box")


def test_films_may_come_from_named_folders_only(tmp_path):
    films = tmp_path / "films"
    films.mkdir()
    (tmp_path / "secret.mp4").touch()
    (films / "link.mp4").symlink_to(tmp_path / "secret.mp4")
    guard = Guard("secret", "0.0.0.0", (), (films,))
    assert guard.film(str(films / "a.mp4")) == str(films / "a.mp4")
    for path in ("link.mp4", "../secret.mp4", "../films-too/a.mp4"):
        with pytest.raises(Forbidden, match="films may only come from") as error:
            guard.film(str(films / path))
        assert "--" not in str(error.value)
    assert LOCAL.film("/a/../b.mp4") == str(Path("/b.mp4").resolve())

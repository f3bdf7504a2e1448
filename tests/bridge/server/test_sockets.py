from __future__ import annotations

import pytest

from bridge.server.sockets import url


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("::1", "http://[::1]:80"),
        ("studio", "http://studio:80"),
    ],
)
def test_addresses_of_ipv6_stand_in_brackets(host, expected):
    assert url(host, 80) == expected

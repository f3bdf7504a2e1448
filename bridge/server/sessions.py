"""Sessions of web browsers: a link that works once becomes a cookie.

A browser can't read the token's file. ``emsync open`` asks the server for a link instead. The first
request for the link gets a cookie, which then stands for the token in that browser.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

LINK_LASTS = 300.0
"""Seconds in which a link may be used."""
MOST_LINKS, MOST_SESSIONS = 20, 50
"""Links and sessions that are kept; a new one replaces the oldest."""


class Sessions:
    """The links and sessions of one server. They end with it.

    clock: seconds that only rise.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._links: dict[str, float] = {}
        self._sessions: dict[str, None] = {}

    def new_link(self) -> str:
        """The secret of a new link."""
        secret = secrets.token_urlsafe(32)
        self._links[secret] = self._clock() + LINK_LASTS
        _shorten(self._links, MOST_LINKS)
        return secret

    def exchange(self, secret: str) -> str | None:
        """Use a link up; returns a new session's secret, or None if the link does not hold."""
        until = self._links.pop(secret, None)
        if until is None or self._clock() > until:
            return None
        session = secrets.token_urlsafe(32)
        self._sessions[session] = None
        _shorten(self._sessions, MOST_SESSIONS)
        return session

    def knows(self, session: str) -> bool:
        """Whether this is the secret of a session.

        Secrets have 256 random bits, so a lookup in a table tells a guesser nothing.
        """
        return session in self._sessions


def cookie_name(port: int) -> str:
    """The cookie's name: browsers share cookies between all ports of a machine."""
    return f"emsync_{port}"


def _shorten(table: dict[str, float] | dict[str, None], most: int) -> None:
    while len(table) > most:
        del table[next(iter(table))]

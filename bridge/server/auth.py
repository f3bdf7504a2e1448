"""Authentication: refuses requests that the guard does not allow."""

from __future__ import annotations

from starlette.datastructures import Headers, QueryParams
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bridge.server.page_files import PAGE, closed
from bridge.server.security import Guard
from bridge.server.sessions import Sessions, cookie_name

OPEN = "/open"
"""The path of links that open the page."""
PUBLIC = frozenset({"/health", OPEN, "/web/style.css"})
"""Paths that need no token."""
_OWN_SITE = frozenset({"same-origin", "none"})
"""Values of ``Sec-Fetch-Site`` for the server's own pages, and for what the user typed."""


class TokenAuth:
    """ASGI middleware that checks Host, Origin, and token or session.

    A WebSocket may give the token as ``?token=``, because a browser can't set its headers.
    """

    def __init__(self, app: ASGIApp, guard: Guard, sessions: Sessions) -> None:
        self._app, self._guard, self._sessions = app, guard, sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 401 or 403."""
        refusal = None if scope["type"] == "lifespan" else self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            # Closed before it is accepted: the client gets status 403.
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        elif refusal[0] == 401 and scope["path"] == PAGE:
            await closed(Headers(scope=scope)["host"])(scope, receive, send)
        else:
            status, error = refusal
            await JSONResponse({"error": error}, status)(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._guard.knows_host(host):
            return 403, (
                f"this server is not called {host[:100]!r}; start emsync serve with this name "
                "among its names"
            )
        if not self._guard.knows_origin(headers.get("origin"), host):
            return 403, "this server takes no requests from other sites' pages"
        if scope["path"] in PUBLIC or self._has_session(scope, headers):
            return None
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            token = ""
            if scope["type"] == "websocket":
                token = QueryParams(scope["query_string"]).get("token", "")
        if not self._guard.knows_token(token.strip()):
            return 401, "the token is missing or wrong; server.json in the state folder has it"
        return None

    def _has_session(self, scope: Scope, headers: Headers) -> bool:
        """Whether a browser's session allows the request.

        Other servers on this machine are the same site to a browser, so it sends them the cookie
        too. Its ``Sec-Fetch-Site`` tells their pages from this server's own.
        """
        if headers.get("sec-fetch-site", "none") not in _OWN_SITE:
            return False
        cookies = cookie_parser(headers.get("cookie", ""))
        return self._sessions.knows(cookies.get(cookie_name(scope["server"][1]), ""))

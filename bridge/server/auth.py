"""Authentication: refuses requests that the guard does not allow."""

from __future__ import annotations

from starlette.datastructures import Headers, QueryParams
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bridge.server.security import Guard

PUBLIC = frozenset({"/health"})
"""Paths that need no token."""


class TokenAuth:
    """ASGI middleware that checks Host, Origin and token.

    A WebSocket may give the token as ``?token=``, because a browser can't set its headers.
    """

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self._app, self._guard = app, guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 401 or 403."""
        refusal = None if scope["type"] == "lifespan" else self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            # Closed before it is accepted: the client gets status 403.
            await receive()
            await send({"type": "websocket.close", "code": 1008})
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
        if scope["path"] in PUBLIC:
            return None
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            token = ""
            if scope["type"] == "websocket":
                token = QueryParams(scope["query_string"]).get("token", "")
        if not self._guard.knows_token(token.strip()):
            return 401, "the token is missing or wrong; server.json in the state folder has it"
        return None

"""The files of the page, as they lie in ``bridge/server/web``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from starlette.responses import FileResponse, Response

from engine.errors import EmsyncError

PAGE = "/"
"""The path of the page."""
FOLDER = Path(__file__).parent / "web"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    # A new version of emsync is seen at once; what has not changed is answered 304.
    "Cache-Control": "no-cache",
}


def headers(host: str) -> dict[str, str]:
    """What is sent with every file of the page: it loads nothing from elsewhere, and runs no inline
    script.

    host: the name by which the browser calls this server, which the guard knows.
    """
    # Some browsers do not count WebSockets as 'self'. A policy can't name an address of IPv6.
    events = "" if "[" in host else f" ws://{host}"
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        f"media-src 'self' blob:; connect-src 'self'{events}; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
    return {"Content-Security-Policy": policy, **_HEADERS}


class NoSuchFile(EmsyncError):
    """The page has no file of this name."""


def page_file(name: str, host: str) -> Response:
    """A file of the page; raises NoSuchFile. host: as for ``headers``."""
    if name not in _names():
        raise NoSuchFile(f"the page has no file {name[:100]!r}")
    path = FOLDER / name
    return FileResponse(path, media_type=_TYPES[path.suffix], headers=headers(host))


def closed(host: str) -> Response:
    """What a browser without a session gets: how to open the page. Status 401."""
    text = (FOLDER / "closed.html").read_text(encoding="utf-8")
    return Response(text, 401, headers(host), _TYPES[".html"])


@cache
def _names() -> frozenset[str]:
    return frozenset(path.name for path in FOLDER.iterdir() if path.suffix in _TYPES)

"""Which requests the server allows.

It protects against three attackers:

- A web page in the user's own browser: Host and Origin are checked.
- Another user of the machine: requests need a token, in a file that only its owner can read.
- A client in the network that wants any file read: films may only come from named folders.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from engine.errors import EmsyncError
from engine.files import check_names


class Forbidden(EmsyncError):
    """The film is outside the folders that films may come from."""


def new_token() -> str:
    """A random token of 256 bits."""
    return secrets.token_urlsafe(32)


def is_local(host: str) -> bool:
    """Whether only this machine can reach ``host``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Guard:
    """The rules of one server.

    host: the address it is bound to. names: by which clients may call it, beside its addresses.
    folders: where films may come from. Empty: anywhere, which only a local server may allow.
    """

    token: str
    host: str = "127.0.0.1"
    names: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()

    def knows_token(self, given: str) -> bool:
        """Whether this is the token. The comparison takes constant time."""
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.token.encode())

    def knows_host(self, host: str) -> bool:
        """Whether this Host header names this server.

        After DNS rebinding, a page's requests still carry the page's own name. So the server
        only accepts its addresses and known names.
        """
        name = _hostname(f"//{host}")
        if name is None:
            return False
        if is_local(name) or name in self.names:
            return True
        if is_local(self.host):
            return False
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return name == self.host
        return True

    def knows_origin(self, origin: str | None, host: str) -> bool:
        """Whether this Origin header, if there is one, is this server's own."""
        return origin is None or origin.lower() == f"http://{host}".lower()

    def film(self, path: str) -> str:
        """The absolute path of a film, with links resolved.

        Raises Forbidden outside the folders, and EmsyncError for a path that is not valid.
        """
        check_names(path)
        try:
            film = Path(path).expanduser().resolve()
        except (OSError, RuntimeError, ValueError) as error:
            raise EmsyncError(f"{path[:200]}: not a valid path ({error}); check it") from error
        if self.folders and not any(film.is_relative_to(folder) for folder in self.folders):
            raise Forbidden(
                f"{path[:200]}: films may only come from {', '.join(map(str, self.folders))}; "
                "put it there, or have this server started with its folder"
            )
        return str(film)


def _hostname(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None

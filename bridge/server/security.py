"""Who may ask the server for what.

Three doors, for three strangers: a web page in the user's own browser (Host and Origin), another
user of the machine (the token, in a file that only its owner can read), and, where the server is
open to the network, someone who would have any file read (films only from folders named for it).
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from engine.errors import EmsyncError


class Forbidden(EmsyncError):
    """A film outside the folders that films may come from."""


def new_token() -> str:
    """A token that can't be guessed."""
    return secrets.token_urlsafe(32)


def is_local(host: str) -> bool:
    """Whether ``host`` can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Guard:
    """What a server lets in.

    host: the address it is bound to. names: by which it may be called beside its addresses.
    folders: where films may come from; empty: anywhere, which only a local server may say.
    """

    token: str
    host: str = "127.0.0.1"
    names: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()

    def knows_token(self, given: str) -> bool:
        """Whether this is the token; takes as long whatever is given."""
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.token.encode())

    def knows_host(self, host: str) -> bool:
        """Whether a request was meant for this server, by its Host.

        A page that has its own name point here (DNS rebinding) still sends that name, so only
        addresses and names that we know will do.
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
        """Whether the page that asks, if a page does, came from this server."""
        return origin is None or origin.lower() == f"http://{host}".lower()

    def film(self, path: str) -> str:
        """The film's path made absolute, links followed; raises Forbidden outside the folders."""
        try:
            film = Path(path).expanduser().resolve()
        except (OSError, RuntimeError, ValueError) as error:
            raise EmsyncError(f"{path[:200]}: is no path ({error}); check it") from error
        if self.folders and not any(film.is_relative_to(folder) for folder in self.folders):
            raise Forbidden(
                f"{path[:200]}: films may only come from {', '.join(map(str, self.folders))}; "
                "put it there or start emsync serve with another --videos"
            )
        return str(film)


def _hostname(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None

"""ReaPack's index of the scripts: ``python -m bridge.reaper.index ADDRESS >index.xml``.

ADDRESS is where ``reaper_scripts`` can be fetched, such as the address of a repository's raw files.
The format is version 1 of ReaPack's index.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

from bridge.reaper.install import SCRIPTS, files
from engine.errors import EmsyncError

MAIN = "emsync_Score video and record.lua"
"""The file whose header describes the package."""
CATEGORY = "EMSYNC"
_TAGS = ("description", "author", "version", "changelog", "provides", "about")


def header(text: str) -> dict[str, str]:
    """The tags of a script's header. Raises EmsyncError if one is missing or out of order."""
    tags: dict[str, str] = {}
    name = ""
    for line in text.split("\n\n")[0].splitlines():
        match = re.fullmatch(r"-- @(\w+)(?: (.*))?", line)
        if match:
            name = match[1]
            tags[name] = match[2] or ""
        elif name:
            tags[name] = f"{tags[name]}\n{line.removeprefix('--').strip()}".strip()
    if tuple(tags) != _TAGS:
        raise EmsyncError(f"{MAIN}: its header has {', '.join(tags)}; give {', '.join(_TAGS)}")
    return tags


def index(address: str, scripts: Path = SCRIPTS, now: datetime | None = None) -> str:
    """The index as XML. address: of the folder that has ``EMSYNC``; now: when it was published.

    Raises EmsyncError for an address that is no absolute one, and for a script without its tags.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise EmsyncError(f"{address!r} is no web address; give the one of reaper_scripts")
    tags = header((scripts / MAIN).read_text(encoding="utf-8"))
    root = ElementTree.Element("index", version="1", name=CATEGORY)
    category = ElementTree.SubElement(root, "category", name=CATEGORY)
    package = ElementTree.SubElement(
        category, "reapack", name=MAIN, type="script", desc=tags["description"]
    )
    time = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    version = ElementTree.SubElement(
        package, "version", name=tags["version"], author=tags["author"], time=time
    )
    ElementTree.SubElement(version, "changelog").text = tags["changelog"]
    for path in files(scripts):
        name = path.as_posix()
        source = ElementTree.SubElement(version, "source")
        source.text = f"{address.rstrip('/')}/{CATEGORY}/{quote(name)}"
        if name != MAIN:
            source.set("file", name)
        if len(path.parts) == 1:
            source.set("main", "main")
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def main(words: Sequence[str]) -> int:
    """Print the index, or one line about what is wrong; returns the exit status."""
    try:
        if len(words) != 1:
            raise EmsyncError("give one address: that of reaper_scripts")
        sys.stdout.write(index(words[0]))
    except EmsyncError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

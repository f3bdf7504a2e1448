from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from bridge.reaper.index import MAIN, header, index, main
from bridge.reaper.install import SCRIPTS, files
from engine.errors import EmsyncError

ADDRESS = "https://example.org/raw/main/reaper_scripts"


def test_the_index_lists_every_file_once():
    root = ElementTree.fromstring(index(ADDRESS, now=datetime(2026, 11, 27, 12, 0, tzinfo=UTC)))
    assert (root.tag, root.attrib) == ("index", {"version": "1", "name": "EMSYNC"})
    (package,) = root.findall("category/reapack")
    assert package.get("type") == "script" and package.get("name") == MAIN
    (version,) = package.findall("version")
    assert version.get("time") == "2026-11-27T12:00:00Z"
    sources = version.findall("source")
    names = [source.get("file", MAIN) for source in sources]
    assert sorted(names) == [path.as_posix() for path in files()]
    for name, source in zip(names, sources, strict=True):
        assert source.text is not None and " " not in source.text
        assert unquote(source.text) == f"{ADDRESS}/EMSYNC/{name}"
        assert (SCRIPTS / name).is_file()
        assert source.get("main") == ("main" if "/" not in name else None)


def test_the_index_has_what_the_header_says():
    tags = header((SCRIPTS / MAIN).read_text(encoding="utf-8"))
    version = ElementTree.fromstring(index(ADDRESS)).find("category/reapack/version")
    assert version is not None
    assert (version.get("name"), version.get("author")) == (tags["version"], tags["author"])
    assert version.findtext("changelog") == tags["changelog"] != ""


@pytest.mark.parametrize("text", ["", "-- @description a\n\ncode", "-- @version 1\n-- @author b\n"])
def test_a_header_without_its_tags_is_refused(text):
    with pytest.raises(EmsyncError, match="its header has"):
        header(text)


def test_a_wrong_address_is_one_line(capsys):
    for words in ([], ["here"], ["file:///a"], [ADDRESS, ADDRESS]):
        assert main(words) == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert main([ADDRESS]) == 0
    assert capsys.readouterr().out.startswith("<?xml")


def test_a_folder_without_scripts_is_refused(tmp_path: Path):
    with pytest.raises(EmsyncError, match="scripts are missing"):
        files(tmp_path)

"""The script files, and the fake REAPER that runs them in tests."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "reaper_scripts" / "EMSYNC"


def test_luacheck_finds_nothing():
    if shutil.which("luacheck") is None:
        pytest.skip("needs luacheck (Debian: lua-check)")
    command = ["luacheck", "--config", SCRIPTS.parent / ".luacheckrc", "--no-color", SCRIPTS]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_package_has_the_tags_of_reapack():
    text = (SCRIPTS / "emsync_Score video and record.lua").read_text(encoding="utf-8")
    header = text[: text.index("\n\n")].splitlines()
    tags = [line.split()[1] for line in header if line.startswith("-- @")]
    assert tags == ["@description", "@author", "@version", "@changelog", "@provides", "@about"]
    assert all(line.startswith("--") for line in header)
    provided = [line.split("] ")[1] for line in header if line.startswith("--   [")]
    assert all(list(SCRIPTS.glob(pattern)) for pattern in provided)
    others = (SCRIPTS / "emsync_Import stems.lua").read_text(encoding="utf-8")
    assert others.startswith("-- @noindex\n")


@pytest.mark.parametrize(
    "call",
    [
        "reaper.GetMediaItems()",
        "reaper.GetTrack(0)",
        "reaper.GetTrack(0, 1, 2)",
        "reaper.GetTrack(0, 0.5)",
        "reaper.GetTrack(0, 'one')",
        "gfx.drawtext('a')",
    ],
)
def test_the_fake_reaper_records_every_misuse(reaper, call):
    with pytest.raises(TypeError):
        reaper.lua.execute(call)
    assert len(reaper.misuse) == 1
    reaper.misuse.clear()

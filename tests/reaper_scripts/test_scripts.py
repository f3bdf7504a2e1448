"""The script files, and the fake REAPER that runs them in tests."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from lupa import lua53

from .stand_in.reaper import Reaper
from .stand_in.server import Server

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
    actions = {path.name for path in SCRIPTS.glob("*.lua")}
    named = {line.removeprefix("--   [main] ") for line in header if "[main]" in line}
    assert actions == named | {"emsync_Score video and record.lua"}
    for name in named:
        assert (SCRIPTS / name).read_text(encoding="utf-8").startswith("-- @noindex\n")


def test_the_version_is_that_of_the_package(reaper):
    project = tomllib.loads((SCRIPTS.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    version = project["project"]["version"]
    assert reaper.lua.eval("(require('lib.version'))") == version
    text = (SCRIPTS / "emsync_Score video and record.lua").read_text(encoding="utf-8")
    assert f"-- @version {version}\n" in text


def test_every_action_is_a_thin_file_over_its_module(reaper):
    for path in SCRIPTS.glob("*.lua"):
        lines = path.read_text(encoding="utf-8").splitlines()
        code = [line for line in lines if line and not line.startswith("--")]
        assert len(code) == 3
        module = code[-1].split('"')[1]
        assert callable(reaper.lua.eval(f"(require('{module}'))"))


def lua_5_3(**options):
    """A state of Lua 5.3 that collects no garbage.

    Before Lua 5.4 a collection may run between two calls of lupa 2.8, and free the number of an
    object before its finalizer runs. Two objects then share the number, and one is taken for the
    other.
    """
    runtime = lua53.LuaRuntime(**options)
    runtime.execute("collectgarbage('stop')")
    return runtime


@pytest.mark.parametrize("action", ["Score video and record", "Score video and import"])
def test_the_scripts_run_in_lua_5_3(tmp_path, action):
    server = Server(tmp_path)
    reaper = Reaper(tmp_path, server, lua_5_3)
    message = reaper.run(action)
    assert reaper.lua.eval("_VERSION") == "Lua 5.3" and reaper.misuse == []
    assert "24 of 24" in message or message == ""
    assert len(reaper.tracks) == 7


@pytest.mark.parametrize(
    "call",
    [
        "reaper.GetMediaItems()",
        "reaper.GetTrack(0)",
        "reaper.GetTrack(0, 1, 2)",
        "reaper.GetTrack(0, 0.5)",
        "reaper.GetTrack(0, 'one')",
        "reaper.GetActiveTake(reaper.GetTrack(0, 0))",
        "gfx.drawtext('a')",
    ],
)
def test_the_fake_reaper_records_every_misuse(reaper, call):
    with pytest.raises(TypeError):
        reaper.lua.execute(call)
    assert len(reaper.misuse) == 1
    reaper.misuse.clear()

from __future__ import annotations

import sys


def test_composing_without_a_runtime_says_what_to_install(emsync, clip, monkeypatch):
    for name in [name for name in sys.modules if name.startswith(("bridge.cli.", "engine.model"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "engine.composing.loop", raising=False)
    # None makes an import fail as it does where the package is missing.
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    result = emsync("score", clip)
    assert result.status == 2
    assert "emsync-bridge[cpu]" in result.err
    assert result.err.count("\n") == 1

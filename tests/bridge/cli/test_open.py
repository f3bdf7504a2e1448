from __future__ import annotations

from bridge.cli import main


def test_it_needs_a_server(tmp_path, capsys):
    assert main(["open", "--state", str(tmp_path)]) == 2
    assert "no server runs here; start emsync serve" in capsys.readouterr().err

"""``emsync model download`` from a hub on the loopback interface."""

from __future__ import annotations

import pytest

from bridge.cli.model import download
from engine.hub import Bundle


@pytest.fixture
def bundle(hub, monkeypatch) -> Bundle:
    """A small bundle under the name of the large one."""
    hub.files = {"onnx/vision.onnx": b"v" * 1000, "onnx/text.onnx": b"t" * 500}
    bundle = hub.bundle("scene")
    monkeypatch.setitem(download.BUNDLES, "scene", bundle)
    return bundle


def test_a_download_says_where_it_lies(emsync, bundle):
    result = emsync("model", "download", "scene")
    assert result.status == 0, result.err
    assert f"scene is in {bundle.folder}" in result.out and "licence MIT" in result.out
    assert bundle.is_here()
    assert emsync("model", "download", "scene", "--offline").status == 0


def test_offline_and_a_wrong_file_are_one_line(emsync, bundle, hub):
    result = emsync("model", "download", "scene", "--offline")
    assert result.status == 2 and "downloads are off" in result.err and hub.requests == []
    hub.files["onnx/text.onnx"] = b"x" * 500
    result = emsync("model", "download", "scene")
    assert result.status == 2 and "SHA-256" in result.err and result.err.count("\n") == 1
    assert not bundle.is_here()


def test_doctor_names_the_command_while_the_networks_are_missing(hub):
    from bridge.doctor.experts import experts

    finding = next(each for each in experts() if each.name == "expert scene")
    assert finding.verdict == "absent" and "emsync model download scene" in finding.remedy
    assert hub.requests == []

from __future__ import annotations

from importlib.metadata import PackageNotFoundError

from bridge import version
from bridge.version import own_version


def test_the_version_is_the_installed_packages(monkeypatch):
    monkeypatch.setattr(version, "version", {"emsync-bridge": "1.2.3"}.__getitem__)
    assert own_version() == "1.2.3"


def test_without_an_installed_package_it_is_a_source_tree(monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(version, "version", missing)
    assert own_version() == "from a source tree"

"""Hits in the files of editing and music programs, one module a format.

Each module has ``read(path, clock)``, which gives a :class:`~engine.hits.HitList`, and most have
``write(hits, path)``. ``formats`` chooses among them.
"""

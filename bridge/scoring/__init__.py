"""One request, one set of checks, one pipeline: how a film becomes a folder of music."""

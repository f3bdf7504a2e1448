"""OSC: what the server tells and is told over UDP. ``specs`` is the whole of it."""

"""Trains the network of :mod:`engine.performance` on the velocities of songs."""

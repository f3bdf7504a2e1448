"""Reads films: frames with their times, and cuts."""

"""Watching the film: frames with their times, and where it cuts."""

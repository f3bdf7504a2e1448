"""Random changes of a song before the network sees a window of it."""

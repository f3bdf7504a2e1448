"""How training alters a song before a window of it is shown to the network."""

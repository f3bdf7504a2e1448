"""OSC over UDP: the messages that the server sends and accepts. ``specs`` lists them all."""

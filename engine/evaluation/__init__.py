"""What composes, judges and draws, to say how good a network is."""

"""Music as tokens: the vocabulary, events, boundary offsets and the composing loop."""

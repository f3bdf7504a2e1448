"""Music as tokens: vocabulary, events, boundary offsets, conditions, and the tempo map."""

"""Scores as files for other programs. Knows nothing of the engine but its score and tempo map."""

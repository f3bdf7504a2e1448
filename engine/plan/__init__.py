"""The plan of a piece, between the cue sheet and the tokens: where its beats and bars lie."""

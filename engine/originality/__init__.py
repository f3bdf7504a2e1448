"""Originality: which passages of a piece occur in the songs that the network learnt from."""

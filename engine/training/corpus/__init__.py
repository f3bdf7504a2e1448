"""The corpus: songs read from files, and their tokens, conditions and labels."""

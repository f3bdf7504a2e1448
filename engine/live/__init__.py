"""Controls that act on a piece while it is composed and played."""

"""The composing loop, and the rules that decide which token comes next."""

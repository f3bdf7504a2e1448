"""The rules of the composing loop, one a module."""

"""The rules of the composing loop, one a module; :mod:`engine.composing.logits.rule` has their
interface."""

"""Emotion: how a film feels (``perception``) and what that means to the music (``mapping``)."""

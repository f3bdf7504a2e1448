"""The bridge: how people and DAWs reach the engine."""

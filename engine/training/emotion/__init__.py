"""Training of the paper's fusion network, which reads the emotion of a video."""

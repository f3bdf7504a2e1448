"""The experts that read emotion from a film, one file each."""

"""The commands for researchers: corpus, training, evaluation and export of the network."""

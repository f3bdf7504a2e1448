"""Training of the network: corpus, token cache, dataset and loop. Needs the ``train`` extra."""

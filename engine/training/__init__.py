"""Making the network: corpus, cache, dataset and the training loop. Needs the ``train`` extra."""

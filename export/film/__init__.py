"""The film with its new soundtrack: the picture copied, the sound laid beside it."""

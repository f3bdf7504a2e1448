"""Songs as files, and what training makes of them: tokens, conditions, labels."""

"""``emsync doctor``: checks what works on this machine, and says how to fix the rest."""

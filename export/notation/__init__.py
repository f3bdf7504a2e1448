"""Writes scores as notation: MusicXML, which notation programs open.

A score's seconds become units of a twelfth of a quarter note, on the sixteenths or the triplets of
its bars. Each part becomes one or two staves of one or two voices.
"""

"""Sound: a score played by a synthesizer, mixed and written to files.

``soundfont`` reads and writes sound fonts, ``fonts`` finds one. ``synthesizer`` plays MIDI,
``mixing`` makes one soundtrack of the parts, ``files`` writes it.
"""

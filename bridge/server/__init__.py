"""``emsync serve``: jobs, their journal, the player, and the ways to reach them.

    http, bridge.osc -> service -> job_queue -> worker -> composing (a process of its own)
                        service -> playback -> bridge.play

``http`` and ``bridge.osc`` translate; ``service`` is all that a client can ask for. Composing runs
in another process, playing in the player's own thread, so neither waits for the other.
"""

"""``emsync serve``: jobs, their journal, the player, and the interfaces that clients use.

    http, osc_handlers -> service -> job_queue -> worker -> worker_process (another process)
                          service -> playback -> bridge.play
                                     hub <- all that happens, to WebSocket and OSC

``http`` and ``osc_handlers`` translate; ``service`` holds all that a client can request.
Composing runs in another process and playing in the player's own thread. Neither waits for the
other.
"""

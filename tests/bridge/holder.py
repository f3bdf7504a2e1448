"""Starts clients that hold the music of a server, for tests to kill.

It reads orders, one a line. ``hold PORT TOKEN JOB`` starts a process and prints its id. The process
listens to the server's events with ``hold=true``, and has the job played. ``reap ID`` waits for its
end and prints the exit status.
"""

from __future__ import annotations

import json
import os
import sys
from http.client import HTTPConnection

from websockets.sync.client import connect


def main() -> None:
    for line in iter(sys.stdin.readline, ""):
        order, *words = line.split()
        if order == "reap":
            print(os.waitstatus_to_exitcode(os.waitpid(int(words[0]), 0)[1]), flush=True)
        elif (child := os.fork()) == 0:
            hold(int(words[0]), *words[1:])
            return
        else:
            print(child, flush=True)


def hold(port: int, token: str, job: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    url = f"ws://127.0.0.1:{port}/events?hold=true"
    with connect(url, additional_headers=headers) as socket:
        asking = HTTPConnection("127.0.0.1", port)
        asking.request("POST", "/play", json.dumps({"job": job, "seconds": 0}), headers)
        asking.getresponse().read()
        for _ in socket:
            pass


if __name__ == "__main__":
    main()

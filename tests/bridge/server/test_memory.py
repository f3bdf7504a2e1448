"""The memory of a server does not grow with the number of its jobs."""

from __future__ import annotations

from pathlib import Path

import pytest


def resident(pid):
    """Resident memory in megabytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@pytest.mark.soak
def test_memory_stays_the_same_over_two_hundred_jobs(start, film):
    server = start()
    sizes = []
    for number in range(200):
        assert server.ended(server.submit(film, seed=number))["state"] == "done"
        (worker,) = server.children()
        sizes.append((resident(server.process.pid), resident(worker)))
    print("\nserver, worker process (MB) after 1, 20, 100, 200 jobs:")
    print([tuple(round(size, 1) for size in sizes[n]) for n in (0, 19, 99, 199)])
    for part in range(2):
        assert sizes[199][part] - sizes[19][part] < 10

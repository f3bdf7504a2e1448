"""Worker processes are lent to jobs: one, and another one beside a live piece."""

from __future__ import annotations

import asyncio

from bridge.scoring.network import NetworkOptions
from bridge.server.workers import FIRST, FURTHER, workers


def test_what_runs_beside_a_live_piece_gives_way_to_it():
    async def go() -> None:
        pool = workers(NetworkOptions())
        first = pool.lend()
        second = pool.lend()
        assert (first.niceness, second.niceness) == (FIRST, FURTHER)
        await pool.take_back(second)
        assert pool.lend() is second
        await pool.take_back(second)
        await pool.take_back(first)
        assert pool.lend() is first, "the other one has ended"
        assert pool.lend() is not second
        await pool.close()

    asyncio.run(go())

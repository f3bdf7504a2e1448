"""The service over OSC: a handler for each address of ``bridge.osc.specs.IN``."""

from __future__ import annotations

import time

from bridge.osc.receiver import Handler
from bridge.osc.specs import JOBS_AT_ONCE, SECONDS_A_JOB
from bridge.server.rate import RateLimit
from bridge.server.service import Service
from engine.errors import EmsyncError


def osc_handlers(service: Service) -> dict[str, Handler]:
    """The handlers by address. OSC has no null, so "" and a number of 0 count as left out."""
    playback = service.playback
    jobs = RateLimit(JOBS_AT_ONCE, SECONDS_A_JOB)

    def count_job() -> None:
        if not jobs.allows(time.monotonic()):
            raise EmsyncError(
                f"too many jobs by OSC: {JOBS_AT_ONCE} at once and one every {SECONDS_A_JOB:g} s "
                "after that; wait, or use HTTP"
            )

    async def compose(video: str, seed: int = 0) -> None:
        count_job()
        service.submit({"video": video, "seed": seed})

    async def regenerate(job: str = "", seed: int | None = None) -> None:
        count_job()
        service.regenerate(job or None, seed)

    async def play(job: str = "", seconds: float | None = None) -> None:
        await service.play(job or None, seconds)

    async def emotion(valence: float, arousal: float) -> None:
        # OSC's floats have 24 bits: 0.8 arrives as 0.800000012.
        await service.control(None, {"valence": round(valence, 3), "arousal": round(arousal, 3)})

    async def density(density: float) -> None:
        await service.control(None, {"density": round(density, 3)})

    async def instruments(instruments: tuple[str, ...]) -> None:
        await service.control(None, {"instruments": list(instruments)})

    async def reset() -> None:
        await service.control(None, {"reset": True})

    async def follow(transport: str = "", offset: float = 0.0, rate: float = 0.0) -> None:
        # OSC's floats have 24 bits: 29.97 arrives as 29.969999.
        await service.follow(transport or None, offset=offset or None, rate=round(rate, 3) or None)

    return {
        "/emsync/compose": compose,
        "/emsync/regenerate": regenerate,
        "/emsync/cancel": service.cancel,
        "/emsync/play": play,
        "/emsync/control/emotion": emotion,
        "/emsync/control/density": density,
        "/emsync/control/instruments": instruments,
        "/emsync/control/reset": reset,
        "/emsync/pause": playback.pause,
        "/emsync/stop": playback.stop,
        "/emsync/locate": playback.locate,
        "/emsync/loop": playback.loop,
        "/emsync/follow": follow,
    }

"""What the server does when a job changes: publish it, and play a live piece."""

from __future__ import annotations

from bridge.scoring.files import CUES, PLAN
from bridge.server import worker_protocol as protocol
from bridge.server.hub import Hub
from bridge.server.job_files import JobFiles
from bridge.server.job_queue import Observer
from bridge.server.jobs import Job, State, job_json
from bridge.server.live import Live
from bridge.server.playback import Playback
from engine.cues_json import read_cues
from engine.plan.json_form import read_plan
from engine.plan.timing import Timing


def job_observer(hub: Hub, playback: Playback, job_files: JobFiles, live: Live) -> Observer:
    """The observer of a job queue."""

    def observe(job: Job, event: protocol.Event | None) -> None:
        match event:
            case protocol.Draft():
                playback.extend(job.id, event)
                live.drafted(job.id, event)
                return
            case protocol.SoundReady():
                hub.publish("sound", job=job.id)
                return
            case protocol.Entered(State.COMPOSING) if job.request.live:
                cues = read_cues(job_files.file(job, CUES))
                plan = None if job.request.free else read_plan(job_files.file(job, PLAN))
                seconds_at = None if plan is None else Timing(plan).seconds_at
                playback.expect(job.id, cues, job.request.reserve, seconds_at)
                live.begin(job.id, cues, plan)
            case protocol.Failed():
                playback.abandon(job.id)
        if job.state is not State.COMPOSING:
            live.end(job.id)
        if job.state is State.FAILED:
            # Who submitted it by OSC receives no answer.
            hub.publish("error", text=f"job {job.id}: {job.error}")
        hub.publish("progress", job=job.id, state=job.state.value, share=job.progress)
        if not isinstance(event, protocol.Progress):
            hub.publish("job", **job_json(job))

    return observe

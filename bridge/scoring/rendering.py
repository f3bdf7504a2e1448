"""From the MIDI files of a piece to its sound, and to the film with that sound.

Music is never lost by a fault here: a piece that can't be rendered is kept as MIDI, with a warning.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridge.scoring.files import SCORES
from bridge.scoring.phases import Progress
from bridge.scoring.request import Request
from engine.cues import CueSheet
from engine.emotion.spoken import spoken
from engine.errors import EmsyncError
from engine.measurements import read_tracks
from engine.score import Instrument
from engine.video.reader import open_video
from export.piece import SOUNDS, STEMS

if TYPE_CHECKING:  # these are loaded only where sound is wanted
    from export.film.film import FilmFile
    from export.sound.older_sound import OlderSound
    from export.sound.soundfont import SoundFont
    from export.sound.soundtrack import Soundtrack
    from export.sound.synthesizer import Synthesizer

WHOLE = 0.001
"""Seconds by which a part may miss the ends of its film and still be all of it."""
NO_SYNTHESIZER = (
    "no synthesizer is installed, so there is no sound; pip install midirenderer, or install "
    "FluidSynth"
)
_SHARE = 0.6
"""The share of rendering that the sound takes; the film takes the rest."""


@dataclass(frozen=True, slots=True)
class Renderer:
    """What makes sound: a sound font, the name of its file, and a synthesizer."""

    font: SoundFont
    font_name: str
    synthesizer: Synthesizer


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class RenderSteps:
    """What is called while a piece is rendered.

    ready: once its mix can be played. between: after its sound and before its film, also where
    there is neither.
    """

    ready: Callable[[], None] = _nothing
    between: Callable[[], None] = _nothing


NO_STEPS = RenderSteps()


@dataclass(frozen=True, slots=True)
class Rendered:
    """What was rendered. film: None where there is none. seconds: that it took."""

    sound: Soundtrack
    film: FilmFile | None
    soundfont: str
    seconds: float


def renderer_for(request: Request, soundfont: Path | None = None) -> Renderer | None:
    """What makes the sound of a request; None, with a warning, where no synthesizer is installed.

    soundfont: None for that of ``EMSYNC_SOUNDFONT`` or the one that comes with emsync. Call it
    before long work: it raises EmsyncError for a font that can't be read.
    """
    if request.audio == "none":
        return None
    from export.sound.fonts import font_path, open_font
    from export.sound.synthesizer import find_synthesizer

    font = open_font(soundfont)
    synthesizer = find_synthesizer()
    if synthesizer is None:
        warnings.warn(NO_SYNTHESIZER, stacklevel=2)
        return None
    return Renderer(font, font_path(soundfont).name, synthesizer)


def render(
    renderer: Renderer | None,
    request: Request,
    cues: CueSheet,
    folder: Path,
    name: str = "score",
    film: bool = True,
    progress: Progress = lambda share: None,
    steps: RenderSteps = NO_STEPS,
    older: OlderSound | None = None,
) -> Rendered | None:
    """Render the stems in ``folder`` as ``name``.wav and, if asked for, as the film.

    film: whether this piece belongs to a film of its own. older: the sound of an older version, of
    which that is taken over which has not changed. Returns None without a renderer, and where
    rendering fails, of which a warning tells.
    """
    if renderer is None:
        steps.between()
        return None
    # PyAV is slow to load.
    import av

    from export.sound.soundtrack import write_soundtrack

    begun = time.perf_counter()
    film = film and request.film
    share = _SHARE if film else 1.0
    midis = {i: folder / STEMS / f"{i.value}.mid" for i in Instrument}
    try:
        sound = write_soundtrack(
            midis,
            cues.duration,
            folder,
            f"{name}.{request.audio}",
            "flac" if request.audio == "flac" else "wav",
            renderer.font,
            renderer.synthesizer,
            float(cues.video.clock.start_seconds) + cues.start,
            lambda done: progress(share * done),
            older,
            steps.ready,
        )
    except (EmsyncError, OSError, av.FFmpegError) as error:
        warnings.warn(f"no sound: {error}", stacklevel=2)
        steps.between()
        return None
    steps.between()
    made = None
    if film:
        try:
            made = _film(
                request, cues, folder, sound.mix, lambda d: progress(share + d * (1 - share))
            )
        except (EmsyncError, OSError, av.FFmpegError) as error:
            warnings.warn(f"no film: {error}", stacklevel=2)
    return Rendered(sound, made, renderer.font_name, time.perf_counter() - begun)


def older_sound(folder: Path, report: Mapping[str, Any]) -> OlderSound | None:
    """The sound of a result in ``folder``; None where its report does not tell of any.

    report: its ``report.json``.
    """
    from export.sound.older_sound import OlderSound

    match report.get("sound"):
        case {
            "mix": str(mix),
            "recipe": str(recipe),
            "level": float() | int() as level,
            "limited": float() | int() as limited,
        } if mix in SOUNDS:
            return OlderSound(folder, mix, recipe, float(level), float(limited))
        case _:
            return None


def _film(
    request: Request, cues: CueSheet, folder: Path, sound: str, progress: Progress
) -> FilmFile:
    """Write the film with its new sound. Raises EmsyncError where it can't be made."""
    from export.film.chapters import shot_chapters
    from export.film.film import FilmSource, write_film

    reader = open_video(Path(request.video))
    video = cues.video
    whole = cues.start <= WHOLE and cues.end >= video.duration - WHOLE
    source = FilmSource(
        Path(request.video),
        reader.zero,
        cues.start,
        cues.end,
        whole,
        lambda seconds: None if video.timecode is None else video.clock.text(seconds),
    )
    chapters = shot_chapters(cues) if request.chapters == "cuts" else ()
    return write_film(
        source,
        folder / sound,
        folder,
        request.mix_original,
        chapters,
        progress,
        None if request.mix_original is None else _speech(folder / SCORES),
    )


def _speech(scores: Path) -> tuple[tuple[float, float], ...] | None:
    """Where somebody speaks, in seconds of the score, as the experts detect it; None if none does.

    scores: what was measured of the film.
    """
    try:
        return spoken(read_tracks(scores)) if scores.exists() else None
    except EmsyncError:
        return None


def to_values(rendered: Rendered) -> dict[str, Any]:
    """What ``report.json`` says of sound and film."""
    sound, film = rendered.sound, rendered.film

    def decibels(value: float) -> float | None:
        return round(value, 2) if math.isfinite(value) else None

    return {
        "sound": {
            "mix": sound.mix,
            "stems": list(sound.stems),
            "loudness": decibels(sound.loudness),
            "peak": decibels(sound.peak),
            "limited": decibels(sound.limited),
            "fade": round(sound.fade, 3),
            "level": sound.level,
            "recipe": sound.recipe,
            "synthesizer": sound.synthesizer,
            "soundfont": rendered.soundfont,
        },
        "film": None if film is None else asdict(film),
    }

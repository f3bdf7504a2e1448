"""What a user asks of a piece, as the command line and the server both take it.

Both make a :class:`Request` by :func:`~bridge.scoring.request_json.parse_request`, so both have the
same options and the same checks. Ranges of the music's own options stand where the engine uses them
(:class:`~engine.composing.sampling.Sampling`, :func:`~engine.music.conditions.parse_conditions`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from bridge.scoring.exclusions import check_exclusions, refuse
from bridge.scoring.files import RESULT
from bridge.scoring.limits import DYNAMICS, HUMANIZE, TAKES
from bridge.scoring.new_cut import CutFiles
from bridge.scoring.selection import Selection
from bridge.scoring.user_emotion import UserEmotion, parse_user_emotion
from engine.composing.config import GenerationConfig
from engine.composing.sampling import Sampling
from engine.cues import CueSheet
from engine.emotion.config import EmotionConfig
from engine.emotion.experts.registry import chosen
from engine.emotion.fusion import MappingName
from engine.emotion.mapping import MU_MAX
from engine.errors import EmsyncError
from engine.hits import Hit, Stretch, stretches_off
from engine.live.control import LiveChange
from engine.music.conditions import parse_conditions
from engine.plan.original import Original
from engine.plan.plan import Plan
from engine.plan.plan_options import PlanOptions
from engine.plan.planner import plan_piece
from engine.plan.tempo_map import TempoMap
from engine.plan.theme import Theme, plan_for_theme, with_theme
from engine.score import Instrument
from engine.spotting import MusicCue


@dataclass(frozen=True, slots=True)
class Request:
    """A piece to compose, or a film to analyze.

    video: path of the film. start, end: seconds of the film.
    emotion: ``auto``, or emotions as :func:`~engine.emotion.notation.parse_turns` reads them: one
    for the whole film, or several with their times in seconds from ``start``.
    valence, arousal: -1..1; None as perceived.
    experts: the names of those who read the film's emotion; None takes all that can work.
    mapping: ``fusion``, or ``paper`` for valence and arousal from the six probabilities alone.
    listen_to_music: whether the film's own music counts in its emotion.
    emotion_network: path of a trained fusion network for the six probabilities.
    intensity: how far emotions go: the largest mean of Ekman's emotions, above 0 and at most 1.
    boundaries: hits in place of the cuts, rising, in seconds from ``start``.
    start_timecode: of the film's first frame; None for what the film says.
    sensitivity: a higher one finds more cuts, a lower one fewer; 1 as usual.
    min_distance: the least distance of boundaries, in seconds; None for the usual one.
    no_hits: stretches in which nothing is marked, in seconds from ``start``.
    hit_offset: how many frames after its hit a chord begins; a negative one is before.
    spotting: the cues of the film's music, in seconds from ``start``; each becomes a piece. None
    for those of the cue sheet, or else one piece.
    cues: a cue sheet, in place of analyzing the film.
    takes: how many to choose from. instruments: who plays.
    dynamics: how freely notes are played, 0 (flat) .. 1 (as songs are played).
    humanize: how far lengths and guitar strokes are those of players, 0 (as written) .. 1.
    expression: write swells of the strings (CC 11) and the piano's pedal (CC 64), too.
    temperature, top_p, min_p, guidance, repetition: None for the usual value.
    plan: the plan to keep; None plans for the film.
    bpm, time_signature, feel, key, density, chords: None for what the film asks.
    tempo_map: the beats and bars of the user's project, in place of bpm and time_signature.
    free: compose in free time, without a plan.
    audio: the files of sound: wav, flac, or none. film: write the film with the new sound too.
    mix_original: the level of the film's own sound under the music, in dB; None leaves it out.
    chapters: cuts gives the film a chapter for each shot; None keeps its own.
    exports: the formats of :data:`~bridge.scoring.files.EXPORTS` to write beside the music.
    live: play while composing, once ``reserve`` seconds of music are ready. Composes one take.
    changes: of a live piece, to make it again with its seed and its plan's options. One take.
    rescore: what of a finished piece is composed anew; None for a piece of its own.
    recut: the new cut whose old cut has a score; None for a film of its own.
    theme: what the piece begins with, and comes back to.
    """

    video: str
    emotion: str = "auto"
    valence: float | None = None
    arousal: float | None = None
    experts: tuple[str, ...] | None = None
    mapping: MappingName = "fusion"
    listen_to_music: bool = False
    emotion_network: str | None = None
    intensity: float = MU_MAX
    boundaries: tuple[Hit, ...] | None = None
    start_timecode: str | None = None
    start: float | None = None
    end: float | None = None
    sensitivity: float | None = None
    min_distance: float | None = None
    no_hits: tuple[Stretch, ...] = ()
    hit_offset: int = 0
    spotting: tuple[MusicCue, ...] | None = None
    cues: CueSheet | None = None
    seed: int = 0
    takes: int = TAKES
    instruments: tuple[Instrument, ...] = tuple(Instrument)
    dynamics: float = DYNAMICS
    humanize: float = HUMANIZE
    expression: bool = False
    temperature: float | None = None
    top_p: float | None = None
    min_p: float | None = None
    guidance: float | None = None
    repetition: float | None = None
    plan: Plan | None = None
    bpm: float | None = None
    time_signature: str | None = None
    feel: str | None = None
    key: str | None = None
    density: float | None = None
    chords: tuple[str, ...] | None = None
    tempo_map: TempoMap | None = None
    free: bool = False
    audio: str = "wav"
    film: bool = True
    mix_original: float | None = None
    chapters: str | None = None
    exports: tuple[str, ...] = ()
    live: bool = False
    reserve: float = 4.0
    changes: tuple[LiveChange, ...] = ()
    rescore: Selection | None = None
    recut: CutFiles | None = None
    theme: Theme | None = None

    def __post_init__(self) -> None:
        """Raises EmsyncError for options that are out of range or exclude each other."""
        check_exclusions(self._given)
        if self.recut is not None and self.recut.video is None:
            refuse(
                self._given, ("boundaries", "start", "end"), "needs the new film; give it as video"
            )
        self._check_spotting()
        self._check_emotion()
        chosen(self.experts)
        self.generation_config()
        self.plan_options()

    def _check_emotion(self) -> None:
        """Refuse an emotion that nobody can read, and an intensity without effect."""
        if not 0 < self.intensity <= 1:
            raise EmsyncError(
                f"intensity {self.intensity:g}: give more than 0 and at most 1 (usual: {MU_MAX:g})"
            )
        _ = self.user_emotion
        listed = [hit.emotion for hit in self.boundaries or ()]
        listed += [cue.emotion for cue in self.music_cues]
        words = self.emotion != "auto" or any(isinstance(each, str) for each in listed)
        if self.cues is not None and not words:
            refuse(
                self._given,
                ("intensity",),
                "the cue sheet has its own emotions; leave it out, or analyze again",
            )

    def _check_spotting(self) -> None:
        """Refuse cues of music that can't be made or named."""
        for cue in self.music_cues:
            if cue.variation_of is not None and self.free:
                raise EmsyncError(
                    f"free: {cue.name} is a variation, which needs a plan; leave out one of them"
                )
            if cue.name.casefold() in RESULT:
                raise EmsyncError(
                    f"spotting: {cue.name} is the name of a file of the result; give another name"
                )

    @property
    def _given(self) -> frozenset[str]:
        """The options that differ from their usual values; ``spotting`` where there are cues."""
        changed = {f.name for f in fields(self) if getattr(self, f.name) != f.default}
        return frozenset(changed - {"spotting"} | ({"spotting"} if self.music_cues else set()))

    @property
    def user_emotion(self) -> UserEmotion:
        """The emotion that the user gave. Raises EmsyncError for one that nobody can read."""
        return parse_user_emotion(self.emotion, self.valence, self.arousal)

    @property
    def stretches_off(self) -> tuple[Stretch, ...]:
        """All stretches in which nothing is marked, in seconds from ``start``."""
        return (*self.no_hits, *stretches_off(self.boundaries or ()))

    @property
    def music_cues(self) -> tuple[MusicCue, ...]:
        """The spotting list, by time; empty for one piece."""
        if self.spotting is not None:
            return self.spotting
        return () if self.cues is None else self.cues.spotting

    @property
    def players(self) -> tuple[Instrument, ...]:
        """Who may play: the instruments of the plan, or those that were asked for."""
        phrases = self.plan.phrases if self.plan is not None else ()
        if not phrases:
            return self.instruments
        named = {instrument for phrase in phrases for instrument in phrase.instruments}
        return tuple(instrument for instrument in Instrument if instrument in named)

    @property
    def emotion_config(self) -> EmotionConfig:
        """How the emotion of the film is read."""
        return EmotionConfig(
            self.experts,
            self.mapping,
            self.intensity,
            listen_to_music=self.listen_to_music,
            network=None if self.emotion_network is None else Path(self.emotion_network),
        )

    def generation_config(self) -> GenerationConfig:
        """How to compose. Raises EmsyncError for an option out of range."""
        given = {field.name: getattr(self, field.name) for field in fields(Sampling)}
        sampling = Sampling(**{name: value for name, value in given.items() if value is not None})
        conditions = parse_conditions(key=self.key, density=self.density)
        return GenerationConfig(
            self.seed, instruments=self.instruments, sampling=sampling, conditions=conditions
        )

    def plan_options(self) -> PlanOptions:
        """What the user fixes of the plan. Raises EmsyncError for an option out of range."""
        return self._planned[0]

    @property
    def placed_theme(self) -> Theme | None:
        """The theme in the key of the plan."""
        return self.theme if self.plan is not None else self._planned[1]

    @property
    def _planned(self) -> tuple[PlanOptions, Theme | None]:
        """The options of the plan, those of the theme included, and the theme in their key."""
        options = PlanOptions(
            self.seed,
            self.instruments,
            self.bpm,
            self.time_signature,
            self.feel,
            self.key,
            self.density,
            self.chords or (),
            self.tempo_map,
        )
        return (options, None) if self.theme is None else with_theme(options, self.theme)

    def plan_for(self, cues: CueSheet, original: Original | None = None) -> Plan | None:
        """The plan of the piece: the user's, or one for the film; None for a piece in free time.

        original: what the piece varies.
        """
        if self.free:
            return None
        if self.plan is not None:
            return self.plan
        plan = plan_piece(cues, self.plan_options(), original)
        theme = self.placed_theme
        return plan if theme is None else plan_for_theme(plan, theme, not self.chords)

import pytest

from engine.metrics.faults import evaluate, find_faults
from engine.score import Instrument

B, D, P, S = Instrument.BASS, Instrument.DRUMS, Instrument.PIANO, Instrument.STRINGS


def ticking(instrument: Instrument, *pitches: int, seconds: float = 30) -> list:
    return [(instrument, float(t), 0.5, pitches[t % len(pitches)]) for t in range(int(seconds))]


SOUND = [*ticking(B, 40, 43), *ticking(D, 36, 38), *ticking(P, 60, 64)]


@pytest.mark.parametrize(
    ("notes", "faults"),
    [
        (SOUND, set()),
        ([note for note in SOUND if not 4 < note[1] < 13], {"rest"}),
        ([note for note in SOUND if note[1] > 8], {"rest"}),
        ([note for note in SOUND if note[1] < 21], {"rest"}),
        ([*SOUND, (B, 2, 10.5, 30)], {"stuck_note"}),
        ([*SOUND, (S, 2, 19.5, 50)], set()),
        ([*SOUND, (S, 2, 20.5, 50)], {"stuck_note"}),
        ([*SOUND, *ticking(S, 50, seconds=22)], {"one_pitch"}),
        ([*SOUND, *ticking(S, 50, seconds=20)], set()),
        ([*SOUND, *ticking(S, 50, seconds=22), (S, 9, 0.5, 53)], set()),
        ([*SOUND, (S, 0, 5, 50), (S, 25, 5, 50)], set()),  # two long notes are no repeat
        ([*ticking(B, 40, 43), *ticking(P, 60, 64)], {"few_families"}),
    ],
)
def test_each_fault_is_found(piece, notes: list, faults: set[str]) -> None:
    found = find_faults(piece(*notes, seconds=30))
    assert {name for name, has in found.items() if has} == faults


def test_silence_has_faults(piece) -> None:
    assert find_faults(piece(seconds=30)) == {
        "rest": True, "stuck_note": False, "one_pitch": False, "few_families": True,
    }  # fmt: skip


def test_shares_of_pieces_stand_beside_those_of_songs(piece) -> None:
    sound, silent = piece(*SOUND, seconds=30), piece(seconds=30)
    report = evaluate([sound, sound, sound, silent], [sound])
    assert (report["rest"]["value"], report["rest"]["songs"]) == (0.25, 0)
    assert (report["none"]["value"], report["none"]["n"]) == (0.75, 4)

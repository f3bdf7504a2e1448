from export.notation.drums import DRUMS, kit


def test_no_two_drums_look_alike():
    looks = [(each.step, each.octave, each.head) for each in DRUMS.values()]
    assert len(looks) == len(set(looks))
    assert set(range(35, 82)) <= set(DRUMS)


def test_a_pitch_that_is_no_drum_has_a_place_too():
    assert kit([3])[3].name == "Percussion 3"


def test_the_only_snare_of_a_piece_is_written_as_the_snare():
    alone, both = kit([40, 35]), kit([38, 40, 35, 36])
    assert alone[40] == DRUMS[38]._replace(name="Electric Snare")
    assert alone[35][1:] == DRUMS[36][1:]
    assert both == {pitch: DRUMS[pitch] for pitch in (35, 36, 38, 40)}


def test_no_head_is_the_slash_that_says_play_along():
    assert "slash" not in {each.head for each in DRUMS.values()}

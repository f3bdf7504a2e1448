from export.notation.drums import DRUMS, drum


def test_no_two_drums_look_alike():
    looks = [(each.step, each.octave, each.head) for each in DRUMS.values()]
    assert len(looks) == len(set(looks))
    assert set(range(35, 82)) <= set(DRUMS)


def test_a_pitch_that_is_no_drum_has_a_place_too():
    assert drum(3).name == "Percussion 3"

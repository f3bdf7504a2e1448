from __future__ import annotations

import json

import mido
import pytest


def test_a_plan_is_written_edited_and_kept(emsync, clip, network_file, tmp_path):
    plan = tmp_path / "plan.json"
    done = emsync("plan", clip, "-o", plan)
    assert done.status == 0 and "fall on a beat" in done.out
    content = json.loads(plan.read_text())
    assert content["points"][0] == {"beat": 0, "seconds": 0.0}
    plan.write_text(json.dumps({**content, "bars": [3]}))
    words = ("-o", tmp_path / "out", "--model", network_file, "--takes", 1)
    assert emsync("score", clip, "--plan", plan, *words).status == 0
    midi = mido.MidiFile(tmp_path / "out" / "score.mid")
    signatures = [m for track in midi.tracks for m in track if m.type == "time_signature"]
    assert [(m.numerator, m.denominator) for m in signatures] == [(3, 4)]
    plan.write_text(json.dumps({**content, "bars": [0]}))
    wrong = emsync("score", clip, "--plan", plan, *words)
    assert wrong.status == 2
    assert wrong.err.startswith(f"emsync: {plan}: bars[0]") and wrong.err.count("\n") == 1


def test_a_given_tempo_is_planned_without_bends(emsync, clip, tmp_path):
    done = emsync("plan", clip, "-o", tmp_path / "p.json", "--bpm", 90, "--time-signature", "3/4")
    assert "90.0 bpm, bends of 0.0% at most" in done.out
    content = json.loads((tmp_path / "p.json").read_text())
    tempi = {
        round(60 * (b["beat"] - a["beat"]) / (b["seconds"] - a["seconds"]), 6)
        for a, b in zip(content["points"], content["points"][1:], strict=False)
    }
    assert tempi == {90.0}


def test_tempi_are_a_table(emsync, clip, tmp_path):
    done = emsync("tempo", clip)
    first, head, *rows = done.out.splitlines()
    assert first.startswith("2 boundaries in 9.0 s")
    assert head.split()[0] == "tempo" and len(rows) > 3
    assert all(40 < float(row.split()[0]) < 200 for row in rows)


@pytest.mark.parametrize("words", [("--bpm", "1000"), ("--time-signature", "7/8"), ("-o", ".")])
def test_bad_input_is_one_line(emsync, clip, tmp_path, words):
    result = emsync("plan", clip, "-o", tmp_path / "plan.json", *words)
    assert result.status == 2
    assert result.err.count("\n") == 1

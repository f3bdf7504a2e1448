from __future__ import annotations

import warnings

import pytest

from bridge.cli.request_values import warn_of_unused
from bridge.scoring.request_json import parse_request


@pytest.mark.parametrize(
    "given",
    [
        {"emotion": "calm"},
        {"emotion": "calm, 0:10 joy"},
        {"valence": 0.5, "arousal": 0.1},
    ],
)
def test_how_emotion_is_read_does_not_matter_where_all_of_it_is_given(given):
    request = parse_request({"video": "film.mp4", "mapping": "paper", **given})
    with pytest.warns(UserWarning, match="^--mapping: no effect"):
        warn_of_unused(request)


@pytest.mark.parametrize(
    "given",
    [
        {"valence": 0.5},
        {"emotion": "0:10 joy"},
        {"emotion": "0:00-0:05 joy"},
    ],
)
def test_it_matters_where_some_emotion_is_perceived(given):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_unused(parse_request({"video": "film.mp4", "mapping": "paper", **given}))
        warn_of_unused(parse_request({"video": "film.mp4", "emotion": "calm"}))

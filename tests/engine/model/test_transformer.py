from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch")

from engine.model.config import PRESETS  # noqa: E402
from engine.model.transformer import (  # noqa: E402
    NEAR_STEPS,
    QUERIES,
    Transformer,
    causal_attention,
    relative_scores,
)
from engine.music import vocabulary as voc  # noqa: E402

KINDS = ("relative", "rotary")
both = pytest.mark.parametrize("positions", KINDS)


def example(model: Transformer, length: int = 20, batch: int = 2, seed: int = 0):
    """Random tokens [B, T] with BARs and steps among them, offsets [B, T] and known conditions
    [B, C]."""
    dice = torch.Generator().manual_seed(seed)
    tokens = torch.randint(0, voc.SIZE, (batch, length), generator=dice)
    tokens[:, ::3] = voc.BAR
    tokens[:, 1::3] = torch.randint(
        voc.shift(10), voc.shift(20), tokens[:, 1::3].shape, generator=dice
    )
    offsets = torch.rand(batch, length, generator=dice) * 9
    conditions = torch.rand(batch, len(model.config.controls), generator=dice)
    return tokens, offsets, conditions


def test_the_paper_s_network_has_37_178_355_parameters():
    model = Transformer(PRESETS["paper"])
    assert sum(parameter.numel() for parameter in model.parameters()) == 37_178_355


@both
def test_each_token_has_its_row_of_logits(tiny, random_model, positions):
    model = random_model(tiny(positions))
    assert model(*example(model)).shape == (2, 20, voc.SIZE)


@both
def test_logits_do_not_depend_on_later_tokens(tiny, random_model, positions):
    model = random_model(tiny(positions))
    tokens, offsets, conditions = example(model)
    before = model(tokens, offsets, conditions)
    tokens[:, 12] = (tokens[:, 12] + 1) % voc.SIZE
    offsets[:, 12] = 8 - offsets[:, 12].clamp(max=8)
    after = model(tokens, offsets, conditions)
    assert torch.equal(before[:, :12], after[:, :12])
    assert (before[:, 12:] - after[:, 12:]).abs().amax(2).min() > 1e-4


@both
def test_pieces_of_a_batch_do_not_mix(tiny, random_model, positions):
    model = random_model(tiny(positions))
    whole = example(model)
    alone = model(*(part[1:] for part in whole))
    assert torch.allclose(model(*whole)[1:], alone, atol=1e-5)


@pytest.mark.parametrize("length", [1, 2, 9])
def test_relative_scores_are_those_of_a_loop(length):
    q = torch.randn(2, 3, length, 4, generator=torch.Generator().manual_seed(0))
    distances = torch.randn(11, 4, generator=torch.Generator().manual_seed(1))
    scores = relative_scores(q, distances)
    for i in range(length):
        for j in range(i + 1):
            naive = q[:, :, i] @ distances[-1 - (i - j)]
            assert torch.allclose(scores[:, :, i, j], naive, atol=1e-5)


@both
def test_every_condition_and_its_absence_changes_the_logits(tiny, random_model, positions):
    model = random_model(tiny(positions))
    tokens, offsets, conditions = example(model, batch=1)
    plain = model(tokens, offsets, conditions)
    for i in range(conditions.shape[1]):
        for value in (2.0, math.nan):
            asked = conditions.clone()
            asked[0, i] = value
            assert (model(tokens, offsets, asked) - plain).abs().max() > 1e-4


@both
def test_an_unknown_condition_has_a_learned_vector(tiny, random_model, positions):
    model = random_model(tiny(positions))
    unknown = torch.full((1, 1), math.nan)
    slot = model.slots[0]
    assert torch.equal(slot(unknown)[0, 0], slot.unknown)
    if positions == "rotary":
        category = model.slots[model.config.controls.index("metre")]
        assert torch.equal(category(unknown)[0, 0], category.table.weight[-1])


def test_the_paper_s_network_without_offsets_repeats_its_positions(tiny, random_model):
    model = random_model(tiny("relative"))
    tokens, _, conditions = example(model)
    assert torch.isfinite(model(tokens, None, conditions)).all()
    length = 2 + tokens.shape[1]
    repeated = model.positions[:length].repeat(1, 2)
    assert torch.equal(model._places(None, torch.zeros(2, length, 32)), repeated)


def test_the_rotary_network_runs_without_offsets(tiny, random_model):
    model = random_model(tiny("rotary"))
    tokens, offsets, conditions = example(model)
    without = model(tokens, None, conditions)
    assert (without - model(tokens, offsets, conditions)).abs().max() > 1e-3


@both
@pytest.mark.parametrize(("a", "b", "same"), [(8.0, 99.0, True), (7.9, 8.0, False)])
def test_offsets_are_clamped_to_eight_seconds(tiny, random_model, positions, a, b, same):
    model = random_model(tiny(positions))
    tokens, offsets, conditions = example(model)
    left, right = (model(tokens, offsets * 0 + value, conditions) for value in (a, b))
    assert torch.equal(left, right) is same


def test_each_step_near_a_boundary_has_a_vector_of_its_own(tiny, random_model):
    model = random_model(tiny("rotary", controls=()))
    steps = torch.arange(NEAR_STEPS + 2)
    offsets = steps[None] * voc.STEP_MS / 1000
    model.offsets[2].weight.zero_()
    model.offsets[2].bias.zero_()
    places = model._places(offsets, torch.zeros(1, len(steps), 32))[0]
    rows = model.near.weight[steps.clamp(max=NEAR_STEPS)] * math.sqrt(32)
    assert torch.equal(places, rows)


def test_a_rotary_block_begins_as_the_identity(tiny):
    block = Transformer(tiny("rotary")).blocks[0]
    x = torch.randn(1, 5, 32)
    assert torch.equal(block(x), x)


@pytest.mark.parametrize("length", [1, QUERIES - 1, QUERIES + 5])
def test_attention_by_parts_is_attention(length):
    dice = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(2, 3, length, 8, generator=dice) for _ in range(3))
    whole = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    assert torch.allclose(causal_attention(q, k, v), whole, atol=1e-5)

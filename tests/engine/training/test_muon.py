from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from engine.training.muon import Muon, orthogonalise  # noqa: E402


def normal(*shape: int):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("shape", [(16, 48), (48, 16), (64, 192)])
@pytest.mark.parametrize("size", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_singular_values_come_near_one(shape, size, dtype):
    values = torch.linalg.svdvals(orthogonalise(size * normal(*shape), dtype))
    assert values.min() > 0.5 and values.max() < 1.5


def test_directions_are_kept():
    matrix = normal(16, 48)
    u, _, v = torch.linalg.svd(matrix, full_matrices=False)
    turned = u.T @ orthogonalise(matrix, torch.float32) @ v.T
    assert (turned - torch.diag(turned.diagonal())).abs().max() < 1e-3
    assert turned.diagonal().min() > 0.5


def test_a_matrix_of_zeros_gives_zeros():
    assert torch.equal(orthogonalise(torch.zeros(3, 4), torch.float32), torch.zeros(3, 4))


def test_steps_lower_the_loss():
    goal, matrix = normal(8, 12), torch.nn.Parameter(torch.zeros(8, 12))
    unused = torch.nn.Parameter(torch.ones(2, 2))
    optimizer = Muon([matrix, unused], lr=0.1)
    losses = []
    for _ in range(30):
        loss = (matrix - goal).square().mean()
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert losses[-1] < 0.3 * losses[0]
    assert torch.equal(unused, torch.ones(2, 2))


def test_all_directions_move_by_the_same_amount():
    matrix = torch.nn.Parameter(torch.zeros(8, 8))
    matrix.grad = torch.diag(torch.logspace(0, -1, 8))
    Muon([matrix], lr=0.1).step()
    moved = -matrix.detach().diagonal()
    assert moved.min() > 0.05 and moved.max() < 0.15

"""Fine-tuning of the second reader's network on token ids and answers. Speaks to torch; imported for training only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from nlp.encoder_network import Network
from records import BadInput

UNANSWERED = -100
"""torch's word for a task nobody answered for a text"""


@dataclass(frozen=True, slots=True)
class Recipe:
    """`length`: tokens of a text; `rate`: the greatest learning rate; `warm`: the share of steps until it is reached."""

    epochs: int = 4
    batch: int = 32
    rate: float = 2e-5
    warm: float = 0.1
    length: int = 192
    seed: int = 0


def fit(
    network: Network,
    rows: Sequence[Sequence[int]],
    answers: Sequence[Sequence[int]],
    weights: Sequence[Sequence[float]],
    recipe: Recipe,
) -> None:
    """Trains the network. `rows`: token ids a text; `answers`: number of the right label a task, or UNANSWERED; `weights`: what
    a mistake costs, a label a task. On a GPU where torch has one. Raises BadInput where training diverges."""
    torch.manual_seed(recipe.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    truth = torch.tensor(answers, device=device)
    costs = [torch.tensor(of, device=device) for of in weights]
    steps = recipe.epochs * -(-len(rows) // recipe.batch)
    network.to(device).train()
    optimiser = torch.optim.AdamW(network.parameters(), lr=recipe.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: pace(step, steps, recipe.warm))
    for _ in range(recipe.epochs):
        for chosen in torch.randperm(len(rows)).split(recipe.batch):
            ids, mask = padded([rows[i] for i in chosen.tolist()], network.body.config.pad_token_id)
            loss = mistakes(network(ids.to(device), mask.to(device)), truth[chosen.to(device)], costs)
            if not torch.isfinite(loss):
                raise BadInput("huấn luyện không hội tụ; hãy giảm tốc độ học")
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()


def pace(step: int, steps: int, warm: float) -> float:
    """The share of the greatest learning rate at a step: up in a line, then down in a line."""
    rising = max(1, round(steps * warm))
    return (step + 1) / rising if step < rising else max(0.0, (steps - step) / max(1, steps - rising))


def padded(rows: Sequence[Sequence[int]], pad: int) -> tuple[Any, Any]:
    """Token ids filled up to the longest row, and the mask of what is no filling."""
    longest = max(map(len, rows))
    ids = torch.tensor([[*row, *[pad] * (longest - len(row))] for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    return ids, mask


def mistakes(logits: Any, truth: Any, costs: Sequence[Any]) -> Any:
    """The loss of a batch: weighted cross-entropy, summed over the tasks; what nobody answered counts nothing."""
    total, start = logits.sum() * 0, 0
    for i, cost in enumerate(costs):
        end = start + len(cost)
        if bool((truth[:, i] != UNANSWERED).any()):
            entropy = torch.nn.functional.cross_entropy
            total = total + entropy(logits[:, start:end], truth[:, i], weight=cost, ignore_index=UNANSWERED)
        start = end
    return total

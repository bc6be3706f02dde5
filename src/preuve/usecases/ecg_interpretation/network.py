"""The small convolutional reader: a one-dimensional residual network, its training, its ONNX file.

After the residual networks that Strodthoff and others compared on PTB-XL (IEEE J Biomed Health
Inform 2021, doi 10.1109/JBHI.2020.3022989), made small: about 270 thousand parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from preuve.core.progress import Progress, silent
from preuve.usecases.ecg_interpretation.leads import INDEPENDENT, LEADS, SAMPLES, Signals

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Training:
    """How the network is trained; fixed beforehand, no early stopping.

    Attributes:
        epochs: passes over the records.
        batch: records per step.
        peak_rate: highest learning rate of the one-cycle schedule.
        decay: weight decay (AdamW).
        crop: samples of the random window seen in training.
        seed: of weights, order, windows and gains.
    """

    epochs: int = 25
    batch: int = 32
    peak_rate: float = 4e-3
    decay: float = 0.05
    crop: int = 800
    seed: int = 1


def build(findings: int) -> torch.nn.Module:
    """The untrained network: (n, 12, samples) millivolt -> (n, findings) logits."""
    import torch
    from torch import nn

    class Block(nn.Module):
        def __init__(self, inputs: int, outputs: int) -> None:
            super().__init__()
            self.path = nn.Sequential(
                nn.Conv1d(inputs, outputs, 7, stride=2, padding=3, bias=False),
                nn.BatchNorm1d(outputs),
                nn.ReLU(),
                nn.Dropout(0.1),
                nn.Conv1d(outputs, outputs, 7, padding=3, bias=False),
                nn.BatchNorm1d(outputs),
            )
            self.short = nn.Sequential(
                nn.AvgPool1d(2, ceil_mode=True),
                nn.Conv1d(inputs, outputs, 1, bias=False),
                nn.BatchNorm1d(outputs),
            )

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.relu(self.path(x) + self.short(x))

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("leads", torch.tensor(INDEPENDENT))
            self.stem = nn.Sequential(
                nn.Conv1d(len(INDEPENDENT), 32, 15, stride=4, padding=7, bias=False),
                nn.BatchNorm1d(32),
                nn.ReLU(),
            )
            self.blocks = nn.Sequential(Block(32, 48), Block(48, 64), Block(64, 128))
            self.head = nn.Sequential(nn.Dropout(0.3), nn.Linear(256, findings))

        def forward(self, signal: torch.Tensor) -> torch.Tensor:
            x = signal.index_select(1, self.get_buffer("leads"))
            x = self.blocks(self.stem(x - x.mean(dim=2, keepdim=True)))
            logits: torch.Tensor = self.head(torch.cat([x.mean(dim=2), x.amax(dim=2)], dim=1))
            return logits

    return Network()


def train(
    signals: Signals,
    reference: NDArray[np.int8],
    training: Training,
    progress: Progress = silent,
) -> torch.nn.Module:
    """A network trained on `signals` (n, 12, 1000) in millivolt.

    Cells of `reference` (n, findings) that are NOT_CODED weigh nothing.
    """
    import torch

    torch.manual_seed(training.seed)
    draw = np.random.default_rng(training.seed)
    network = build(reference.shape[1])
    optimiser = torch.optim.AdamW(network.parameters(), weight_decay=training.decay)
    steps = training.epochs * (len(signals) // training.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, training.peak_rate, total_steps=steps)
    for epoch in range(training.epochs):
        network.train()
        order = draw.permutation(len(signals))
        for start in range(0, len(order) - training.batch + 1, training.batch):
            rows = order[start : start + training.batch]
            x = torch.from_numpy(_varied(signals[rows], training.crop, draw))
            loss = masked_loss(network(x), torch.from_numpy(reference[rows]))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        progress("cnn", epoch + 1, training.epochs)
    return network.eval()


def masked_loss(logits: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
    """Mean binary cross-entropy over the cells that are coded (0 or 1)."""
    import torch

    coded = (reference >= 0).float()
    loss = torch.nn.functional.binary_cross_entropy_with_logits(
        logits, reference.clamp(min=0).float(), reduction="none"
    )
    return (loss * coded).sum() / coded.sum().clamp(min=1)


def _varied(signals: Signals, crop: int, draw: np.random.Generator) -> Signals:
    """A window of each tracing, its gain varied by a tenth or so, with a little noise."""
    starts = draw.integers(0, signals.shape[-1] - crop + 1, size=len(signals))
    windows = starts[:, None] + np.arange(crop)
    cut = np.take_along_axis(signals, windows[:, None, :], axis=-1)
    gain = np.exp(draw.normal(0, 0.1, size=(len(cut), 1, 1)))
    noise = draw.normal(0, 0.01, size=cut.shape)
    return np.asarray(cut * gain + noise, dtype=np.float32)


def predict(network: torch.nn.Module, signals: Signals) -> NDArray[np.float32]:
    """(n, findings) scores in [0, 1]."""
    import torch

    with torch.inference_mode():
        parts = [
            torch.sigmoid(network(torch.from_numpy(signals[start : start + 64])))
            for start in range(0, len(signals), 64)
        ]
    return np.asarray(torch.cat(parts).numpy())


def export(network: torch.nn.Module, path: Path) -> None:
    """Write the network as ONNX: `signal` (n, 12, 1000) millivolt -> `scores` (n, findings)."""
    import torch

    scored: Any = torch.nn.Sequential(network, torch.nn.Sigmoid()).eval()
    torch.onnx.export(
        scored,
        (torch.zeros(2, len(LEADS), SAMPLES),),
        str(path),
        input_names=["signal"],
        output_names=["scores"],
        dynamic_axes={"signal": {0: "cases"}, "scores": {0: "cases"}},
        opset_version=17,
        dynamo=False,
    )

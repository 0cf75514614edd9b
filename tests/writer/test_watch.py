"""`watch` hangs on what a module calls its hooks by; a small network in numpy has them, and torch where it is there."""

import importlib.util
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import mediastore


class Tensor:
    """Numbers with the methods of a torch tensor that any code may call on them."""

    def __init__(self, values: NDArray[Any]) -> None:
        self.values = np.asarray(values, np.float32)
        self.requires_grad = True
        self.hooks: dict[int, Callable[[Tensor], None]] = {}

    def register_hook(self, hook: Callable[["Tensor"], None]) -> "Handle":
        return Handle(self.hooks, hook)

    def detach(self) -> "Tensor":
        return self

    float = cpu = detach

    def numpy(self) -> NDArray[Any]:
        return self.values

    def numel(self) -> int:
        return self.values.size

    def min(self) -> np.float32:
        return self.values.min()

    def max(self) -> np.float32:
        return self.values.max()

    def histc(self, bins: int, min: float, max: float) -> NDArray[Any]:
        return np.histogram(self.values, bins, (min, max))[0].astype(np.float32)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.values.shape

    @property
    def dtype(self) -> np.dtype:
        return self.values.dtype


class Handle:
    """What takes a hook away again."""

    def __init__(self, hooks: dict[int, Any], hook: Any) -> None:
        self.hooks = hooks
        hooks[id(self)] = hook

    def remove(self) -> None:
        del self.hooks[id(self)]


class Network:
    """One linear layer that learns y = 2x + 1 by gradient descent."""

    def __init__(self) -> None:
        self.parameters = {"weight": Tensor(np.linspace(-1, 1, 8)), "bias": Tensor(np.zeros(1))}
        self.hooks: dict[int, Any] = {}

    def named_parameters(self) -> Iterator[tuple[str, Tensor]]:
        return iter(self.parameters.items())

    def register_forward_hook(self, hook: Any) -> Handle:
        return Handle(self.hooks, hook)

    def learn(self) -> None:
        inputs = np.random.default_rng(0).normal(size=(16, 8)).astype(np.float32)
        weight, bias = self.parameters["weight"], self.parameters["bias"]
        outputs = inputs @ weight.values + bias.values
        for hook in list(self.hooks.values()):
            hook(self, inputs, outputs)
        error = outputs - (2 * inputs.sum(axis=1) + 1)
        for parameter, slope in ((weight, error @ inputs / 16), (bias, error.mean(keepdims=True))):
            for hook in list(parameter.hooks.values()):
                hook(Tensor(slope))
            parameter.values = parameter.values - 0.1 * np.asarray(slope, np.float32)


class TorchNetwork:
    """The same layer by torch."""

    def __init__(self) -> None:
        import torch

        torch.manual_seed(0)
        self.module = torch.nn.Linear(8, 1)

    def learn(self) -> None:
        import torch

        inputs = torch.randn(16, 8)
        (self.module(inputs) - 2 * inputs.sum(dim=1, keepdim=True) - 1).square().mean().backward()


NETWORKS = [Network, *([TorchNetwork] if importlib.util.find_spec("torch") else [])]


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(
    ("what", "keys"),
    [
        ("gradients", {"gradients/weight", "gradients/bias"}),
        ("parameters", {"parameters/weight", "parameters/bias"}),
        ("all", {"gradients/weight", "gradients/bias", "parameters/weight", "parameters/bias"}),
        (None, set()),
    ],
)
def test_histograms_are_logged_every_nth_pass(root: Path, network: type, what: str | None, keys: set[str]) -> None:
    model = network()
    with mediastore.init(dir=root) as run:
        run.watch(getattr(model, "module", model), log=what, log_freq=2)
        for step in range(5):
            model.learn()
            run.log({"loss": step})
        run.unwatch()
        model.learn()
    items = mediastore.Store(root).items()
    assert set(items["key"]) == keys
    assert set(items["kind"]) <= {"histogram"}
    assert all(items[items["key"] == key]["step"].tolist() == [0, 2, 4] for key in keys)


def test_the_histogram_is_that_of_the_numbers(root: Path) -> None:
    model = Network()
    with mediastore.init(dir=root) as run:
        run.watch(model, log="parameters", log_freq=1)
        model.learn()
    [line] = [
        record
        for path in root.glob("*/*/items/*.jsonl")
        for record in map(json.loads, path.read_text().splitlines())
        if record["key"] == "parameters/weight"
    ]
    counts, edges = np.histogram(np.linspace(-1, 1, 8), len(line["counts"]), (-1, 1))
    assert line["counts"] == counts.tolist()
    np.testing.assert_allclose(line["edges"], edges, atol=1e-6)


def test_what_is_no_module_is_said_once_and_the_training_goes_on(root: Path) -> None:
    from mediastore.writer.once import warn_once

    warn_once.cache_clear()
    with mediastore.init(dir=root, strict=False) as run:
        with pytest.warns(mediastore.MediaStoreWarning, match="watch must be given a torch module, got int"):
            run.watch(3)
        run.log({"loss": 1})

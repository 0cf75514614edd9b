"""Histograms of a torch module's gradients and parameters as it trains. torch itself is not imported."""

from collections.abc import Callable
from typing import Any

from mediastore.tables import BINS, Histogram
from mediastore.writer.once import warn_once

_WHAT = {"gradients": ("gradients",), "parameters": ("parameters",), "all": ("gradients", "parameters")}


def watch(log: Callable[..., None], models: Any, what: str | None, every: int) -> list[Callable[[], None]]:
    """Hang hooks on every parameter; returns what takes them away again."""
    stops: list[Callable[[], None]] = []
    models = list(models) if isinstance(models, (list, tuple)) else [models]
    for number, model in enumerate(models):
        if not hasattr(model, "named_parameters") or not hasattr(model, "register_forward_hook"):
            warn_once(f"watch must be given a torch module, got {type(model).__name__}; it is not watched")
            continue
        prefix = f"graph_{number}" if number else ""
        if "gradients" in _WHAT.get(what or "", ()):
            for name, parameter in model.named_parameters():
                if parameter.requires_grad:
                    hook = _EveryNth(log, f"gradients/{prefix}{name}", every)
                    stops.append(parameter.register_hook(hook.take).remove)
        if "parameters" in _WHAT.get(what or "", ()):
            hook = _EveryNth(log, f"parameters/{prefix}", every)
            stops.append(model.register_forward_hook(hook.take_parameters).remove)
    return stops


class _EveryNth:
    """Logs a histogram at every n-th call, at the step that is being worked on."""

    def __init__(self, log: Callable[..., None], key: str, every: int) -> None:
        self._log = log
        self._key = key
        self._every = max(1, int(every))
        self._calls = 0

    def take(self, tensor: Any) -> None:
        """Of one tensor."""
        if self._is_due():
            self._log(_histograms([(self._key, tensor)]), commit=False)

    def take_parameters(self, model: Any, inputs: Any, outputs: Any) -> None:
        """Of all parameters of a module."""
        if self._is_due():
            named = [(self._key + name, parameter) for name, parameter in model.named_parameters()]
            self._log(_histograms(named), commit=False)

    def _is_due(self) -> bool:
        self._calls += 1
        return (self._calls - 1) % self._every == 0


def _histograms(named: list[tuple[str, Any]]) -> dict[str, Histogram]:
    return {key: _histogram(tensor.detach()) for key, tensor in named if tensor.numel()}


def _histogram(tensor: Any) -> Histogram:
    """Counted where the tensor lies, so that no more than the bins are copied."""
    values = tensor.float()
    low, high = float(values.min()), float(values.max())
    if not low < high or not (abs(low) < float("inf") and abs(high) < float("inf")):
        return Histogram(values)
    counts = values.histc(bins=BINS, min=low, max=high).tolist()
    edges = [low + (high - low) * bin / BINS for bin in range(BINS + 1)]
    return Histogram(np_histogram=([int(count) for count in counts], edges))

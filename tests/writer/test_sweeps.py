"""What a sweep draws, and what it refuses."""

from typing import Any

import pytest

import mediastore
from mediastore.writer.draws import drawn, grid


def test_a_grid_is_every_combination_of_nested_and_whole_numbers() -> None:
    parameters = {"a": {"values": ["x", "y"]}, "b": {"parameters": {"c": {"min": 1, "max": 2}, "d": {"value": 0}}}}
    assert list(grid(parameters)) == [
        {"a": "x", "b": {"c": 1, "d": 0}},
        {"a": "x", "b": {"c": 2, "d": 0}},
        {"a": "y", "b": {"c": 1, "d": 0}},
        {"a": "y", "b": {"c": 2, "d": 0}},
    ]


@pytest.mark.parametrize(
    ("said", "kind", "low", "high"),
    [
        ({"min": 1, "max": 3}, int, 1, 3),
        ({"min": 1.0, "max": 3}, float, 1, 3),
        ({"distribution": "q_uniform", "min": 0, "max": 10, "q": 5}, int, 0, 10),
        ({"distribution": "log_uniform_values", "min": 1e-4, "max": 1e-1}, float, 1e-4, 1e-1),
        ({"distribution": "log_uniform", "min": 0, "max": 1}, float, 1, 2.7182818284590456),
        ({"mu": 5, "sigma": 0}, float, 5, 5),
        ({"distribution": "log_normal", "mu": 0, "sigma": 0}, float, 1, 1),
        ({"values": [3, 4], "probabilities": [0, 1]}, int, 4, 4),
    ],
)
def test_draws_lie_where_their_distribution_lies(said: dict[str, Any], kind: type, low: float, high: float) -> None:
    values = [drawn({"x": said})["x"] for _ in range(200)]
    assert all(type(value) is kind and low <= value <= high for value in values)
    assert len(set(values)) > 1 or low == high
    if "q" in said:
        assert set(values) == {0, 5, 10}


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        ({}, "sweep must be a dictionary with parameters"),
        ({"method": "luck", "parameters": {}}, "method must be one of grid, random, bayes, got 'luck'"),
        ({"parameters": {"lr": 0.1}}, "lr must be a dictionary with value"),
        ({"parameters": {"lr": {"min": 2, "max": 1}}}, "lr must have min <= max"),
        (
            {"parameters": {"lr": {"distribution": "beta", "min": 0, "max": 1}}},
            "distribution of lr must be one of int_u",
        ),
        (
            {"parameters": {"lr": {"distribution": "log_uniform_values", "min": 0, "max": 1}}},
            "min of lr must be above 0",
        ),
        ({"method": "grid", "parameters": {"lr": {"min": 0.1, "max": 1.0}}}, "lr must have values for a grid"),
    ],
)
def test_a_plan_without_meaning_is_refused_before_the_first_run(plan: dict[str, Any], sentence: str) -> None:
    with pytest.raises(mediastore.MediaStoreError, match=sentence):
        mediastore.sweep(plan)


def test_an_agent_needs_a_plan_of_this_process_and_a_function_that_works() -> None:
    with pytest.raises(mediastore.NotFoundError, match="what sweep\\(\\) returned in this process, got 'lab/p/abc'"):
        mediastore.agent("lab/p/abc", function=print)
    sweep_id = mediastore.sweep({"parameters": {"x": {"value": 1}}, "run_cap": 9})
    with pytest.raises(mediastore.MediaStoreTypeError, match="agent must be given a function"):
        mediastore.agent(sweep_id)
    calls: list[int] = []

    def fail() -> None:
        calls.append(1)
        raise RuntimeError("broken")

    with pytest.raises(mediastore.MediaStoreError, match="the first runs of a sweep must not all fail, got 3 failures"):
        mediastore.agent(sweep_id, function=fail)
    assert len(calls) == 3
    mediastore.agent(f"lab/p/{sweep_id}", function=lambda: calls.append(0), count=20)
    assert len(calls) == 12

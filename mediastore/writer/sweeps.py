"""Sweeps without a server: settings from a grid or drawn at random, one run after the other in this process.

Source of the names: https://docs.wandb.ai/models/sweeps/sweep-config-keys.
"""

import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count as endless
from itertools import islice
from typing import Any

from mediastore import naming
from mediastore.errors import MediaStoreError, MediaStoreTypeError, MediaStoreValueError, NotFoundError, shortened
from mediastore.writer.draws import drawn, grid
from mediastore.writer.once import note_once
from mediastore.writer.session import Trial, session

METHODS = ("grid", "random", "bayes")
FAILED_FIRST_MAX = 3

_plans: dict[str, "_Plan"] = {}


@dataclass(frozen=True)
class _Plan:
    method: str
    parameters: Mapping[str, Any]
    project: str | None
    run_cap: int | None

    def settings(self) -> Iterator[dict[str, Any]]:
        if self.method == "grid":
            return grid(self.parameters)
        return (drawn(self.parameters) for _ in endless())


def sweep(sweep: Any = None, entity: str | None = None, project: str | None = None, prior_runs: Any = None) -> str:
    """Plan runs over settings and return the plan's id, which `agent` takes in this process.

    sweep: {"method": "grid" or "random", "parameters": {name: how}, "run_cap": how many at most}, or a function that
    returns it; how is {"values": […]}, {"value": …}, {"min": …, "max": …} with a "distribution", or nested
    {"parameters": …}. "bayes" draws at random.
    Raises MediaStoreValueError where the plan has no clear meaning.
    """
    given = sweep() if callable(sweep) else sweep
    if not isinstance(given, Mapping) or not isinstance(given.get("parameters"), Mapping):
        raise MediaStoreTypeError(f"sweep must be a dictionary with parameters, got {shortened(given)}; see its help")
    method = given.get("method", "random")
    if method not in METHODS:
        raise MediaStoreValueError(f"method must be one of {', '.join(METHODS)}, got {method!r}; choose one of them")
    if method == "bayes":
        note_once("a sweep by 'bayes' draws at random here: nothing watches the runs and chooses for the next")
    if given.get("early_terminate"):
        note_once("early_terminate is left out here: every run of a sweep goes to its end")
    plan = _Plan(method, given["parameters"], project or given.get("project"), given.get("run_cap"))
    next(plan.settings(), None)
    sweep_id = naming.new_writer()
    _plans[sweep_id] = plan
    return sweep_id


def agent(
    sweep_id: str,
    function: Callable[[], Any] | None = None,
    entity: str | None = None,
    project: str | None = None,
    count: int | None = None,
    forward_signals: bool = False,
) -> None:
    """Call `function`, which calls `init`, once for each of the plan's settings, at most `count` times.

    The settings stand in `config` and stay as they are; the runs have the sweep's id as their group. A run that raises
    is marked failed and the next begins, unless the first three fail. Raises NotFoundError for a plan of another
    process.
    """
    plan = _plans.get(str(sweep_id).rpartition("/")[2])
    if plan is None:
        raise NotFoundError(
            f"sweep_id must be what sweep() returned in this process, got {sweep_id!r}; call sweep first"
        )
    if function is None:
        raise MediaStoreTypeError("agent must be given a function, got none; pass function=train")
    limits = [limit for limit in (count, plan.run_cap) if limit is not None]
    failed = 0
    for number, settings in enumerate(islice(plan.settings(), min(limits, default=None)), start=1):
        failed += not _ran(function, Trial(str(sweep_id), project or plan.project, settings))
        if failed == number == FAILED_FIRST_MAX:
            raise MediaStoreError(f"the first runs of a sweep must not all fail, got {failed} failures; see them above")


def _ran(function: Callable[[], Any], trial: Trial) -> bool:
    session.finish()
    session.trial = trial
    try:
        function()
    except Exception:
        traceback.print_exc(file=sys.stderr)
        session.finish(exit_code=1)
        return False
    finally:
        session.trial = None
    session.finish()
    return True

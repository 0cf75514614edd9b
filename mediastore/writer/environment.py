"""Settings from the environment: ours first, wandb's beside them."""

import os
from pathlib import Path
from typing import Any

from mediastore.writer.once import note_once

_VARIABLES = {
    "project": "PROJECT",
    "name": "NAME",
    "id": "RUN_ID",
    "group": "RUN_GROUP",
    "job_type": "JOB_TYPE",
    "tags": "TAGS",
    "notes": "NOTES",
    "mode": "MODE",
    "resume": "RESUME",
    "dir": "DIR",
    "is_disabled": "DISABLED",
}
_NO = ("", "0", "false", "no")
ROOT = "mediastore-runs"


def from_environment() -> dict[str, Any]:
    """What MEDIASTORE_… and, where those are silent, WANDB_… variables say, by keyword of `init`."""
    found: dict[str, Any] = {}
    borrowed = []
    for keyword, variable in _VARIABLES.items():
        ours, theirs = os.environ.get(f"MEDIASTORE_{variable}"), os.environ.get(f"WANDB_{variable}")
        if ours or theirs:
            found[keyword] = ours or theirs
        if theirs and not ours:
            borrowed.append(f"WANDB_{variable}")
            if keyword == "dir":
                found["dir"] = str(Path(theirs) / ROOT)
    if borrowed:
        verb = "is" if len(borrowed) == 1 else "are"
        note_once(f"{', '.join(borrowed)} {verb} read; MEDIASTORE_… variables of the same names come first.")
    if str(found.pop("is_disabled", "")).lower() not in _NO:
        found["mode"] = "disabled"
    if "tags" in found:
        found["tags"] = [tag.strip() for tag in found["tags"].split(",") if tag.strip()]
    return found

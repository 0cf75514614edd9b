"""What this project stands on: `make audit` lists each dependency with its reason, bounds, version and licence.

Then pip-audit, from an environment of its own, looks up all that is installed for known vulnerabilities, over the
network. What it could not look up is counted as such: nothing found is not nothing there.
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
PIP_AUDIT = Path(__file__).parents[1] / ".venv-audit/bin/pip-audit"
SECTIONS = ("dependencies", "video", "query", "app", "demo", "test")
_LINE = re.compile(r'^\s*"(?P<name>[a-zA-Z0-9_-]+)(?P<bounds>[^"\[]*)",?\s*(?:# (?P<reason>.*))?$')
_SECTION = re.compile(r"^(?P<name>[a-z]+) = \[$")


def dependencies() -> list[tuple[str, str, str, str]]:
    """(section, name, bounds, reason) of every dependency that users install."""
    found, section = [], ""
    for line in PROJECT.read_text("utf-8").splitlines():
        if start := _SECTION.match(line):
            section = start["name"]
        elif line == "]":
            section = ""
        elif section in SECTIONS and (entry := _LINE.match(line)) and entry["name"] != "mediastore":
            found.append((section, entry["name"], entry["bounds"], entry["reason"] or ""))
    return found


def licence(name: str) -> tuple[str, str]:
    """Installed version and licence of a package, as it says itself."""
    try:
        facts = metadata(name)
    except PackageNotFoundError:
        return "not installed", ""
    said = facts.get("License-Expression") or ""
    classified = [one.rpartition(" :: ")[2] for one in facts.get_all("Classifier") or [] if one.startswith("License")]
    return facts["Version"], said or ", ".join(classified) or (facts.get("License") or "not said").splitlines()[0][:60]


def judged(report: Mapping[str, list[Mapping[str, Any]]]) -> tuple[int, list[str]]:
    """What pip-audit's JSON says: 0 when all was looked up and nothing found, and lines to print."""
    packages = report["dependencies"]
    unknown = [one for one in packages if "skip_reason" in one]
    found = [
        f"{one['name']} {one['version']}: {flaw['id']}, mended in {', '.join(flaw['fix_versions']) or 'no version yet'}"
        for one in packages
        for flaw in one.get("vulns", [])
    ]
    lines = [*found, f"{len(packages) - len(unknown)} of {len(packages)} packages looked up, {len(found)} flaws known"]
    if unknown:
        lines.append(f"not looked up: {', '.join(one['name'] for one in unknown)}; see to the network and ask again")
    return int(bool(found or unknown or not packages)), lines


def known_flaws() -> int:
    """Look up what is installed beside this interpreter; the exit code."""
    if not PIP_AUDIT.is_file():
        print("known vulnerabilities were not looked up: there is no pip-audit; `make audit` installs it")
        return 1
    places = [part for place in sys.path if place.endswith("-packages") for part in ("--path", place)]
    asked = [str(PIP_AUDIT), "--format", "json", "--progress-spinner", "off", *places]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    try:
        code, lines = judged(json.loads(done.stdout))
    except ValueError:
        code, lines = 1, [f"known vulnerabilities were not looked up: {(done.stderr.splitlines() or ['no word'])[-1]}"]
    print("", *lines, sep="\n")
    return code


def main() -> int:
    """Print the list, then what is known of it; 0 when all was looked up and nothing found."""
    for section, name, bounds, reason in dependencies():
        version, terms = licence(name)
        print(f"{section:13} {name:25} {bounds:14} {version:12} {terms:45} {reason}")
    return known_flaws()


if __name__ == "__main__":
    sys.exit(main())

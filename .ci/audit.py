"""What this project stands on: `make audit` lists each dependency with its reason, bounds, version and licence.

Where the package pip-audit is installed (`pip install pip-audit`) and the network has it, known vulnerabilities follow.
"""

import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
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


def main() -> int:
    """Print the list; the exit code is pip-audit's, where it is there."""
    for section, name, bounds, reason in dependencies():
        version, terms = licence(name)
        print(f"{section:13} {name:25} {bounds:14} {version:12} {terms:45} {reason}")
    if shutil.which("pip-audit") is None:
        print("pip-audit is not installed: known vulnerabilities were not looked up (pip install pip-audit)")
        return 0
    return subprocess.run(["pip-audit", "--skip-editable"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

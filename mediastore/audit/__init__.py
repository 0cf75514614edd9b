"""Does a store hold what it says? Every difference between records and files, and the mending of it.

Nothing is deleted: what has to go is moved to `<root>/.quarantine/`, under the path it had.
"""

from pathlib import Path

from mediastore import sidecar
from mediastore.audit.artifacts import ArtifactsCheck
from mediastore.audit.report import QUARANTINE, Check, Finding, Report
from mediastore.audit.runs import RunCheck
from mediastore.errors import MediaStoreError, StoreFormatError
from mediastore.reader import damage, folders
from mediastore.reader.reindex import damaged
from mediastore.writer import record as run_record

__all__ = ["QUARANTINE", "Finding", "Report", "check"]


def check(root: Path | str, repair: bool = False, *, digests: bool = True) -> Report:
    """Compare every journal, sidecar, media file and artifact of a store.

    repair: mend what can be mended without deleting. digests: read every media file and index to compare their digests.
    Never raises for what it finds; raises MediaStoreError when `root` is no folder.
    """
    root = Path(root)
    if not root.is_dir():
        raise MediaStoreError(f"a store must be a folder, got {str(root)!r}; check the path or MEDIASTORE_DIR")
    report = Report()
    if any(root.iterdir()):
        _check_mark(root, report)
    this = Check(root, report, repair, digests)
    live_projects = set()
    for folder in folders.scan(root)[0]:
        report.runs += 1
        run = RunCheck(this, folder.path)
        run.check()
        if run.is_live:
            live_projects.add(folder.path.parent)
    for project in sorted(root.glob("*/@artifacts")):
        ArtifactsCheck(this, is_live=project.parent in live_projects).check(project)
    for path in damaged(root) if digests else ():
        this.found("damaged index", path, damage.SENTENCE, is_repaired=this.removed(path))
    return report


def _check_mark(root: Path, report: Report) -> None:
    mark = root / run_record.STORE_MARK
    try:
        sidecar.parse(mark.read_bytes(), run_record.STORE_MARK)
    except (OSError, StoreFormatError) as error:
        report.findings.append(Finding("store mark", run_record.STORE_MARK, str(error)))

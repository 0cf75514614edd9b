"""The command line: `mediastore ls | show | query | du | tag | mv | rm | app …`. Heavy packages load when needed."""

import os
import sys
from collections.abc import Sequence

from mediastore.cli.parser import parser
from mediastore.cli.words import printable
from mediastore.errors import MediaStoreError

__all__ = ["main", "parser"]

EXTRAS = {"duckdb": "query", "pyarrow": "query", "pandas": "query", "streamlit": "app", "plotly": "app"}
DONE, IMPOSSIBLE, INTERRUPTED, PIPE_CLOSED = 0, 1, 130, 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code.

    0 when it did what was asked, 1 when that was impossible or `check` found something, 2 when it was asked wrongly,
    130 after Ctrl-C, 141 when the reader of its output went away.
    """
    try:
        if completing := os.environ.get("_MEDIASTORE_COMPLETE"):
            return _complete(completing, sys.argv[1:] if arguments is None else arguments)
        options = parser().parse_args(arguments)
        code = options.run(options)
        sys.stdout.flush()
        return code
    except MediaStoreError as error:
        return _refused(str(error))
    except ModuleNotFoundError as error:
        extra = EXTRAS.get(error.name or "", "demo")
        return _refused(
            f"{error.name} must be installed for this, got no such package; pip install 'mediastore[{extra}]'"
        )
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return PIPE_CLOSED
        return _refused(
            f"{error.filename or 'a file'} must be usable, got {error.strerror or error}; check it and its rights"
        )
    except KeyboardInterrupt:
        return INTERRUPTED


def _complete(shell: str, words: Sequence[str]) -> int:
    from mediastore.cli import completion

    for line in completion.candidates(parser(), words, described=shell != "bash"):
        print(line)
    sys.stdout.flush()
    return DONE


def _refused(sentence: str) -> int:
    print(f"mediastore: {printable(sentence)}", file=sys.stderr)
    return IMPOSSIBLE

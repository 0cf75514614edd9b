"""What a shell offers after Tab: from the parser itself, and from the runs, keys, projects and tags of the store.

The shell's few lines call `mediastore` again with the words typed so far and `_MEDIASTORE_COMPLETE` set. What strangers
named is offered only where no shell could take it for more than a word.
"""

import argparse
import contextlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from mediastore import naming, trash
from mediastore.errors import MediaStoreError
from mediastore.reader import named

_WORD = re.compile(r"[\w@+,./-]+")
_SCRIPTS = {
    "bash": """\
_mediastore() {
    local words=("${COMP_WORDS[@]:1:COMP_CWORD}")
    mapfile -t COMPREPLY < <(_MEDIASTORE_COMPLETE=bash "${COMP_WORDS[0]}" "${words[@]}" 2>/dev/null)
}
complete -o default -F _mediastore mediastore""",
    "zsh": """\
#compdef mediastore
_mediastore() {
    local -a found
    found=(${(f)"$(_MEDIASTORE_COMPLETE=zsh ${words[1]} "${(@)words[2,CURRENT]}" 2>/dev/null)"})
    if (( ${#found} )); then _describe mediastore found; else _files; fi
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
compdef _mediastore mediastore""",
    "fish": """\
function __mediastore_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found (_MEDIASTORE_COMPLETE=fish $words[1] $words[2..] 2>/dev/null)
    if set -q found[1]
        string replace : \\t -- $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c mediastore -f -a '(__mediastore_complete)'""",
}


def script(shell: str) -> str:
    """The lines for `bash`, `zsh` or `fish`."""
    return _SCRIPTS[shell]


def candidates(parser: argparse.ArgumentParser, words: Sequence[str], *, described: bool = False) -> list[str]:
    """What may stand for the last of the words. described: options and commands carry `:` and their help."""
    *before, begun = words or [""]
    root, waiting = Path(parser.get_default("root")), None
    places: list[argparse.Action] = _positionals(parser)
    for word in before:
        if waiting is not None:
            root = Path(word) if waiting.dest == "root" else root
            waiting = None
        elif word.startswith("-"):
            option = parser._option_string_actions.get(word)
            waiting = option if option is not None and option.nargs is None else None
        elif places and isinstance(places[0], argparse._SubParsersAction):
            if word not in places[0].choices:
                return []
            parser = places[0].choices[word]
            places = _positionals(parser)
        elif places and places[0].nargs not in ("*", "+"):
            places = places[1:]
    place = waiting or (None if begun.startswith("-") else places[0] if places else None)
    if place is not None:
        offered = _values(place, root)
    else:
        offered = ((name, option.help or "") for name, option in parser._option_string_actions.items())
    fitting = sorted({(text, said) for text, said in offered if text.startswith(begun) and _WORD.fullmatch(text)})
    return [_line(text, said) if described else text for text, said in fitting]


def _line(text: str, said: str) -> str:
    said = " ".join(said.partition(" (default")[0].split())
    return f"{text}:{said}" if said else text


def _positionals(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return [action for action in parser._actions if not action.option_strings]


def _values(place: argparse.Action, root: Path) -> Iterator[tuple[str, str]]:
    if isinstance(place, argparse._SubParsersAction):
        yield from ((choice.dest, choice.help or "") for choice in place._choices_actions)
    elif place.choices:
        yield from ((str(choice), "") for choice in place.choices)
    else:
        with contextlib.suppress(OSError, MediaStoreError):
            yield from ((text, said) for text, said in _stored(str(place.metavar), root) if not text.startswith("-"))


def _stored(metavar: str, root: Path) -> Iterator[tuple[str, str]]:
    if metavar == "REMOVED":
        yield from ((entry.ref, "") for entry in trash.listed(root))
    if metavar not in ("RUN", "PROJECT", "TAG", "KEY"):
        return
    for run in named.all_runs(root):
        if metavar == "RUN":
            yield run.ref, run.name if run.name != run.identity[1] and _WORD.fullmatch(run.name) else ""
        elif metavar == "PROJECT":
            yield run.identity[0], ""
        elif metavar == "TAG":
            yield from ((str(tag), "") for tag in run.record.get("tags") or ())
        else:
            yield from ((key, "") for key in _keys(run.folder.path / "media"))


def _keys(media: Path) -> Iterator[str]:
    """The keys of a run by its folders: those that hold a sidecar."""
    for folder in (path for path in media.rglob("*") if path.is_dir() and not path.is_symlink()):
        if next(folder.glob("*.json"), None) is not None:
            encoded = folder.relative_to(media).as_posix().replace("~/", "~\0")
            yield "/".join(naming.decode_part(part.replace("\0", "/")) for part in encoded.split("/"))

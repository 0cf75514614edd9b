"""Text for people: what a stranger named reaches no terminal as it is, and bytes in units that one can read."""

import sys

SEPARATOR = "\t"
UNITS = ("B", "kB", "MB", "GB", "TB")


def printable(text: str) -> str:
    """The text with each character that a terminal would obey, hide or turn around written out: `\\x1b`, `\\u202e`."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


def size(count: int) -> str:
    """Bytes as `3.2 MB`, in thousands."""
    amount, unit = float(count), 0
    while amount >= 999.5 and unit < len(UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.0f} {UNITS[unit]}" if unit == 0 or amount >= 99.95 else f"{amount:.1f} {UNITS[unit]}"


def count(number: int, noun: str) -> str:
    """`1 run`, `2,000 runs`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def print_line(*fields: str) -> None:
    """One line on standard output, its fields apart by tabs."""
    print(SEPARATOR.join(printable(field) for field in fields))


def say(line: str) -> None:
    """One line about what was done, to who watches: standard error, so that a pipe carries data alone."""
    print(printable(line), file=sys.stderr)


def agreed(question: str) -> bool:
    """Whether the person at the terminal says yes."""
    print(f"{printable(question)} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def can_answer() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin is not None and sys.stdin.isatty()

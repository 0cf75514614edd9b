"""What can go wrong, in words.

MediaStoreError
├── MediaStoreValueError (ValueError)    a value that is not accepted
├── MediaStoreTypeError (TypeError)      a value of a kind that is not accepted
├── NotFoundError (LookupError)          a run, an item or a file that is not there
├── StoreFormatError (ValueError)        a folder or record that this version cannot read
├── MissingPackageError (ImportError)    an optional package is needed for this
└── QueryError (ValueError)              SQL that was refused, stopped or is wrong

MediaStoreWarning (UserWarning)          the same sentences, where a training loop must go on

Every message is one sentence: *subject* must be *what is accepted*, got *what was given*; *what to do*.
"""


class MediaStoreError(Exception):
    """Base of every error that mediastore raises on purpose."""


class MediaStoreValueError(MediaStoreError, ValueError):
    """A value that is not accepted."""


class MediaStoreTypeError(MediaStoreError, TypeError):
    """A value of a type that is not accepted."""


class NotFoundError(MediaStoreError, LookupError):
    """A run, an item or a file that is not there."""


class StoreFormatError(MediaStoreError, ValueError):
    """A folder or record that this version cannot read."""


class MissingPackageError(MediaStoreError, ImportError):
    """An optional package is needed; the message says which, and how to install it."""


class QueryError(MediaStoreError, ValueError):
    """SQL that was refused, was stopped, or is wrong; the message is the database's own sentence."""


class MediaStoreWarning(UserWarning):
    """A logging fault: it is recorded with the run, and the training goes on."""


def shortened(value: object, limit: int = 80) -> str:
    """`repr(value)` cut to `limit` characters, so that a message stays one readable sentence."""
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"

"""Names of projects, runs and keys as folder names, and item identities as file names.

One reversible, portable encoding, so that a store can be copied to any file system:

* a character that some system refuses, reads as syntax or folds away is written `~` and two hex digits a byte (UTF-8);
* a name with capitals gets `@` and a hex mask of them, so that names that differ by case alone stay apart;
* a name too long for one folder goes on in a folder inside it: every piece but the last ends in `~`.
"""

import os
import re
import time
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from mediastore.errors import MediaStoreValueError

NAME_BYTES_MAX = 512
PIECE_BYTES = 120

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.+=,()[] ")
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
_STEM = re.compile(r"\d{9,}-\d\d")
_MASK = re.compile(r"@([0-9a-f]+)$")
_EMPTY = "~~"

_ADJECTIVES = (
    "amber bold brave bright brisk calm clear clever cosmic crisp daring deep eager early fair fleet fresh gentle "
    "golden happy hidden honest jolly keen kind light lively lucid lucky mellow merry mighty misty nimble noble "
    "patient plucky polar proud quick quiet rapid ready royal silent silver snowy solar steady sunny swift tidy "
    "vivid warm wild wise witty young zesty"
).split()
_ANIMALS = (
    "badger beaver bison bobcat crane curlew deer dingo dolphin eagle egret falcon ferret finch fox gannet gecko "
    "heron hare ibex ibis jackal jaguar kestrel koala lemur leopard lion lynx magpie marten mole moose newt ocelot "
    "orca osprey otter owl panda petrel plover puffin puma quail raven robin salmon seal shrike stoat swan swift "
    "tapir tern tiger toucan turtle viper vole walrus weasel whale wolf wombat wren yak zebra"
).split()


def _is_portable(character: str) -> bool:
    if ord(character) < 128:
        return character in _PLAIN
    same_everywhere = all(unicodedata.normalize(form, character) == character for form in ("NFD", "NFKC"))
    return same_everywhere and character.isalpha() and character.lower() == character.upper()


def _escaped(text: str) -> str:
    return "".join(f"~{byte:02x}" for byte in text.encode("utf-8", "surrogatepass"))


def _escaped_at(name: str, position: int) -> str:
    return name[:position] + _escaped(name[position]) + name[position + 1 :]


def _capitals_mask(name: str) -> int:
    return sum(1 << position for position, character in enumerate(name) if character.isascii() and character.isupper())


def _pieces(encoded: str) -> list[str]:
    pieces, piece, size = [], "", 0
    for token in re.findall(r"~[0-9a-f]{2}|~~|.", encoded):
        width = len(token.encode())
        if size + width > PIECE_BYTES or (size + width == PIECE_BYTES and token in ". "):
            pieces.append(piece + "~")
            piece, size = "", 0
        piece, size = piece + token, size + width
    return [*pieces, piece]


def encode_part(name: str) -> str:
    """A name as one folder name, or for a long name as several joined by `/`. `decode_part` reverses it.

    Raises MediaStoreValueError when the name is longer than 512 UTF-8 bytes.
    """
    size = len(name.encode("utf-8", "surrogatepass"))
    if size > NAME_BYTES_MAX:
        raise MediaStoreValueError(
            f"a name must be at most {NAME_BYTES_MAX} bytes long, got {size}: {name[:40]!r}…; shorten it"
        )
    if not name:
        return _EMPTY
    encoded = "".join(character if _is_portable(character) else _escaped(character) for character in name)
    if encoded[-1] in ". ":
        encoded = _escaped_at(encoded, len(encoded) - 1)
    if encoded[0] in ". " or _DEVICE.match(encoded) or _STEM.match(encoded):
        encoded = _escaped_at(encoded, 0)
    mask = _capitals_mask(name)
    return "/".join(_pieces(f"{encoded}@{mask:x}" if mask else encoded))


def decode_part(encoded: str) -> str:
    """The name that `encode_part` turned into `encoded`; a folder's name that never was encoded, as it is."""
    whole = encoded.replace("~/", "")
    if whole == _EMPTY:
        return ""
    whole = _MASK.sub("", whole)
    raw = re.sub(
        rb"~([0-9a-f]{2})",
        lambda match: bytes([int(match[1], 16)]),
        whole.encode("utf-8", "surrogatepass"),
    )
    try:
        return raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return encoded


@lru_cache(maxsize=4096)
def encode_key(key: str) -> str:
    """A key as a relative folder path: every part between slashes encoded on its own."""
    return "/".join(encode_part(part) for part in key.split("/"))


def item_stem(step: int, index: int, writer: str, occurrence: int = 1) -> str:
    """File name without its ending: `000000042-00-k3f9`; `-2` follows when the same writer logs the place again."""
    stem = f"{step:09d}-{index:02d}-{writer}"
    return stem if occurrence == 1 else f"{stem}-{occurrence}"


def new_writer() -> str:
    """An id for one writing process: six characters, unique within a run for all practical purposes."""
    alphabet = "abcdefghijkmnpqrstuvwxyz23456789"
    return "".join(_drawn(alphabet) for _ in range(6))


def new_run_id(now: float | None = None) -> str:
    """A run id that sorts by time (UTC) and reads well: `20261123-031200-brave-otter`."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now))
    return f"{stamp}-{_drawn(_ADJECTIVES)}-{_drawn(_ANIMALS)}"


def _drawn(choices: Sequence[str]) -> str:
    """One of them by the system's randomness, which no seed of the training script touches."""
    return choices[int.from_bytes(os.urandom(4)) % len(choices)]

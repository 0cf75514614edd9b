"""How a process and its decoder speak."""

import struct

QUESTION = struct.Struct("!I")
HEAD = struct.Struct("!cI")
QUESTION_BYTES = 2**16
ANSWER_BYTES_MAX, LABELS_BYTES_MAX = 16 * 2**20, 2**28
NUMBERS, BYTES, REFUSED, MISSING = b"n", b"b", b"r", b"m"

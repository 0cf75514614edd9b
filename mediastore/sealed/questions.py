"""How a process and its decoder speak."""

import struct

QUESTION = struct.Struct("!I")
HEAD = struct.Struct("!cI")
QUESTION_BYTES = 2**16
NUMBERS, BYTES, REFUSED, MISSING = b"n", b"b", b"r", b"m"

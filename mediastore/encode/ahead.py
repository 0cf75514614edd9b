"""Imports all that decoders may ever need, for a process that can open nothing later."""

import codecs
import contextlib
import pkgutil
from importlib import import_module

from PIL import Image, ImageFont

LATER = ("numpy.fft", "numpy.ma", "mediastore.encode.crop", "mediastore.encode.measure", "mediastore.encode.thumbnail")
CODINGS = "utf_16 utf_16_be utf_16_le utf_32 utf_32_be utf_32_le latin_1 cp437"


def import_everything() -> None:
    """Codecs of pictures, sounds, films and texts, and the font that previews are written in."""
    for name in LATER:
        import_module(name)
    for name in CODINGS.split():
        codecs.lookup(name)
    Image.init()
    ImageFont.load_default(14)
    with contextlib.suppress(ImportError):
        import av

        for module in pkgutil.walk_packages(av.__path__, "av."):
            if not module.name.endswith("__main__"):
                import_module(module.name)

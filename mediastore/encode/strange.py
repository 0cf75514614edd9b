"""Opening media files of strangers: of known formats alone, within a bound of pixels, without following what they name.

Pillow would hand PostScript to another program; FFmpeg follows playlists to other files and to the network; a header of
fifty bytes may ask for gigabytes of pixels.
"""

from pathlib import Path
from typing import Any, BinaryIO

from PIL import Image

from mediastore.errors import MediaStoreValueError, MissingPackageError

PICTURE_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "DIB", "TIFF", "PPM", "AVIF", "ICO", "TGA", "JPEG2000")
FILM_FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,gif,h264,hevc,m4v,ivf,mjpeg"
PIXELS_MAX = 64_000_000
JPEG_PIXELS_MAX = 2**27


def open_picture(file: Path | BinaryIO) -> Image.Image:
    """A picture with only its header read. Raises MediaStoreValueError for one with too many pixels."""
    Image.init()
    image = Image.open(file, formats=[form for form in PICTURE_FORMATS if form in Image.OPEN])
    most = JPEG_PIXELS_MAX if image.format in ("JPEG", "MPO") else PIXELS_MAX
    _check_size(image, image.size, most)
    return image


def load_picture(image: Image.Image) -> None:
    """Decode the picture, once `draft` may have made it smaller."""
    _check_size(image, image.size, PIXELS_MAX)
    image.load()


def open_film(file: Path | BinaryIO) -> Any:
    """An av container of a film. Raises MissingPackageError without av, MediaStoreValueError for too many pixels."""
    try:
        import av
    except ImportError as error:
        raise MissingPackageError(
            "a film must be decoded by the package av, which is not installed; pip install 'mediastore[video]'"
        ) from error
    options = {"format_whitelist": FILM_FORMATS, "protocol_whitelist": "file", "enable_drefs": "0"}
    container = av.open(str(file.absolute()) if isinstance(file, Path) else file, container_options=options)
    for stream in container.streams.video:
        if not hasattr(stream, "width"):  # of a codec that this FFmpeg does not know
            container.close()
            raise MediaStoreValueError("a film must be of a codec that is known here, got none; open the file itself")
        _check_size(container, (stream.width, stream.height), PIXELS_MAX)
        stream.codec_context.options = {"max_pixels": str(PIXELS_MAX)}
    return container


def _check_size(opened: Any, size_wh: tuple[int, int], most: int) -> None:
    width, height = size_wh
    if width * height > most:
        opened.close()
        raise MediaStoreValueError(
            f"a picture must have at most {most / 1e6:.0f} million pixels to be drawn small, got "
            f"{width:,} × {height:,}; open the file itself"
        )

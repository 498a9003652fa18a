"""The errors of reading OIFITS: each names the file, and the HDU where it can.

May import ``ingest.errors`` only.
"""

from ingest.errors import OivoError


class OIFitsError(OivoError):
    """A file that cannot be read as OIFITS; ``place`` reads ``name.fits, HDU 4 (OI_VIS2)``."""


class FileUnreadableError(OIFitsError):
    """The operating system does not hand the bytes over: no such file, a directory, no permission."""


class NotFITSError(OIFitsError):
    """The bytes are not a FITS file, compressed or not."""


class TruncatedError(OIFitsError):
    """The file ends before what its headers announce."""


class LimitError(OIFitsError):
    """The file asks for more memory or work than is allowed."""


class StructureError(OIFitsError):
    """A header contradicts itself or the FITS standard, so that the bytes behind it have no meaning."""


def hdu_place(name: str, index: int, extname: str = "") -> str:
    """Name an HDU for a message: ``name.fits, HDU 4 (OI_VIS2)``.

    Parameters
    ----------
    name
        File name as the user knows it.
    index
        Position in the file; 0 is the primary HDU.
    extname
        EXTNAME, empty when there is none.
    """
    label = extname or ("primary" if index == 0 else "")
    return f"{name}, HDU {index} ({label})" if label else f"{name}, HDU {index}"

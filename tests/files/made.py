"""Real files, good and bad, made the same way every time."""

from __future__ import annotations

import io
import random
import struct
import wave
import zipfile
import zlib
from typing import Any

from PIL import Image, PngImagePlugin

PARTS = {
    "docx": "word/document.xml", "pptx": "ppt/presentation.xml", "xlsx": "xl/workbook.xml",
    "odt": "content.xml", "odp": "content.xml",
}  # fmt: skip


def pdf(pages: int = 1, words: str = "Gel sensor", size: tuple[float, float] = (960, 540)) -> bytes:
    """A PDF with a line of text on each page; `size` in points."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(pages))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for number in range(pages):
        content = f"BT /F1 24 Tf 40 {size[1] / 2:.0f} Td ({words} {number + 1}) Tj ET".encode()
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size[0]} {size[1]}] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    return _pdf_of(objects)


def _pdf_of(objects: list[bytes]) -> bytes:
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(
        b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    )
    return out.getvalue()


def endless_pdf() -> bytes:
    """A PDF that opens at once and takes minutes to draw: patterns within patterns."""
    depth, width = 12, 12
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 960 540] "
        b"/Resources << /XObject << /X 5 0 R >> >> /Contents 4 0 R >>",
        b"<< /Length 5 >>\nstream\n/X Do\nendstream",
    ]
    for level in range(depth):
        inner = b"/X Do " * width if level < depth - 1 else b"0 0 900 500 re f "
        objects.append(
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 960 540] "
            b"/Resources << /XObject << /X %d 0 R >> >> /Length %d >>\nstream\n%s\nendstream"
            % (6 + level, len(inner), inner)
        )
    return _pdf_of(objects)


def image(kind: str = "PNG", size: tuple[int, int] = (320, 200), **options: Any) -> bytes:
    """A picture with some pattern."""
    dice = random.Random(7)
    picture = Image.frombytes("RGB", (16, 10), dice.randbytes(480)).resize(size)
    out = io.BytesIO()
    picture.save(out, format=kind, **options)
    return out.getvalue()


def located_jpeg() -> bytes:
    """A photograph that tells where it was taken, lying on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned
    exif[0x010E] = "Secret laboratory"
    exif.get_ifd(0x8825)[1] = "N"
    return image("JPEG", (300, 200), exif=exif, comment=b"Secret laboratory")


def commented_png() -> bytes:
    """A PNG with words in it."""
    note = PngImagePlugin.PngInfo()
    note.add_text("Comment", "Secret laboratory")
    return image("PNG", pnginfo=note)


def image_bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A small PNG that says it is huge."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    data = zlib.compress(b"\0" * ((width // 8 + 1) * 200), 9)

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(
            ">I", zlib.crc32(name + body)
        )

    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def office(
    extension: str = "docx", extra: dict[str, bytes] | None = None, packed: bool = True
) -> bytes:
    """An office document as far as its archive goes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as made:
        if extension == "odt":
            made.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        elif extension == "odp":
            made.writestr("mimetype", "application/vnd.oasis.opendocument.presentation")
        else:
            made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr(PARTS[extension], "<document>" + "words " * 200 + "</document>")
        for name, body in (extra or {}).items():
            made.writestr(name, body)
    return out.getvalue()


def linked_office() -> bytes:
    """A document with a link to a file outside."""
    out = io.BytesIO(office())
    with zipfile.ZipFile(out, "a") as made:
        link = zipfile.ZipInfo("word/media/x")
        link.external_attr = 0o120777 << 16
        made.writestr(link, "/etc/passwd")
    return out.getvalue()


def lying_office() -> bytes:
    """A document whose directory says that a large part is small."""
    data = bytearray(office(extra={"word/big.xml": b"A" * 3_000_000}))
    at = data.rfind(b"PK\x01\x02")  # the last entry of the directory
    struct.pack_into("<I", data, at + 24, 10)
    return bytes(data)


def wav() -> bytes:
    """A tenth of a second of silence."""
    out = io.BytesIO()
    with wave.open(out, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(8000)
        made.writeframes(b"\0\0" * 800)
    return out.getvalue()

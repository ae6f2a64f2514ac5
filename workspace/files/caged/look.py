"""Opens one uploaded file with its own parser and says whether it is what it claims to be.

Request: `{"path", "family", "extension", "out", "limits": {...}}`. Answer: `{"code": "ok", ...}`
or a code of refusal. An image is written anew to `out`, without anything but its pixels.
"""

from __future__ import annotations

import json
import stat
import sys
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

CHUNK = 256 * 1024
FORMATS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "webp": "WEBP", "gif": "GIF"}
PARTS = {
    "docx": "word/document.xml", "pptx": "ppt/presentation.xml", "xlsx": "xl/workbook.xml",
    "odt": "content.xml", "odp": "content.xml",
}  # fmt: skip
OPEN_TYPES = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "odp": b"application/vnd.oasis.opendocument.presentation",
}
ARCHIVES = (".zip", ".7z", ".rar", ".gz", ".tar", ".bz2", ".xz", ".jar", ".docx", ".pptx",
            ".xlsx", ".odt", ".odp", ".ods", ".docm", ".xlsm", ".pptm", ".iso", ".cab")  # fmt: skip


class Wrong(Exception):
    """The file is refused; the argument is the code."""


def image(ask: dict[str, Any]) -> dict[str, Any]:
    """Decode the first frame and write its pixels anew."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # the limits of the request are stricter
    kind, limits = FORMATS[ask["extension"]], ask["limits"]
    try:
        with Image.open(ask["path"], formats=[kind]) as opened:
            width, height = opened.size
            if width * height > limits["pixels"] or max(width, height) > limits["side"]:
                raise Wrong("image_too_large")
            opened.load()
            turned = ImageOps.exif_transpose(opened)
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise Wrong("unreadable") from error
    see_through = turned.mode in {"RGBA", "LA", "PA"} or "transparency" in turned.info
    if kind == "JPEG" or not see_through:
        grey = turned.mode in {"L", "1"}
        plain = turned if turned.mode in {"RGB", "L"} else turned.convert("L" if grey else "RGB")
    else:
        plain = turned if turned.mode == "RGBA" else turned.convert("RGBA")
    plain.info = {}
    options = {"JPEG": {"quality": 90}, "WEBP": {"quality": 90, "method": 2}, "PNG": {}, "GIF": {}}
    plain.save(ask["out"], format=kind, **options[kind])
    return {"width": plain.width, "height": plain.height}


def pdf(ask: dict[str, Any]) -> dict[str, Any]:
    """Open a PDF and count its pages."""
    import pypdfium2

    data = Path(ask["path"]).read_bytes()
    if b"%%EOF" not in data[-2048:]:
        raise Wrong("unreadable")  # PDFium would mend what was cut off, without telling
    if zipfile.is_zipfile(BytesIO(data)):
        raise Wrong("type_not_allowed")  # two kinds in one file
    try:
        document = pypdfium2.PdfDocument(data)
        pages = len(document)
    except pypdfium2.PdfiumError as error:
        raise Wrong("unreadable") from error
    if pages == 0:
        raise Wrong("unreadable")
    return {"pages": pages}


def office(ask: dict[str, Any]) -> dict[str, Any]:
    """Read an office document's archive from end to end, without keeping anything."""
    with Path(ask["path"]).open("rb") as file:
        budget = {"bytes": ask["limits"]["bytes"], "entries": ask["limits"]["entries"]}
        _archive(file, ask["extension"], ask["limits"]["ratio"], budget, inside=False)
    return {}


def _archive(
    file: BinaryIO, extension: str, ratio: int, budget: dict[str, int], inside: bool
) -> None:
    if file.read(4) != b"PK\x03\x04":
        raise Wrong("type_not_allowed")
    size = file.seek(0, 2)
    try:
        archive = zipfile.ZipFile(file)
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Wrong("unreadable") from error
    names = [entry.filename for entry in entries]
    budget["entries"] -= len(names)
    if budget["entries"] < 0 or len(set(names)) != len(names):
        raise Wrong("archive")
    if sum(entry.file_size for entry in entries) > budget["bytes"]:
        raise Wrong("archive")
    if PARTS[extension] not in names:
        raise Wrong("type_not_allowed")
    unpacked = 0
    for entry in entries:
        _check_name(entry)
        nested = _is_embedded(entry.filename, inside)
        content = BytesIO()
        try:
            with archive.open(entry) as part:
                while piece := part.read(CHUNK):
                    unpacked += len(piece)
                    budget["bytes"] -= len(piece)
                    if budget["bytes"] < 0 or unpacked > max(1024 * 1024, ratio * size):
                        raise Wrong("archive")
                    if nested or entry.filename == "mimetype":
                        content.write(piece)
        except (zipfile.BadZipFile, EOFError, RuntimeError, ValueError, OSError,
                NotImplementedError, zlib.error) as error:
            raise Wrong("unreadable") from error
        if entry.filename == "mimetype" and content.getvalue().strip() != OPEN_TYPES.get(extension):
            raise Wrong("type_not_allowed")
        if nested:
            content.seek(0)
            _archive(content, nested, ratio, budget, inside=True)
    if extension in OPEN_TYPES and "mimetype" not in names:
        raise Wrong("type_not_allowed")


def _check_name(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    if stat.S_ISLNK(entry.external_attr >> 16) or entry.flag_bits & 0x1:
        raise Wrong("archive" if not entry.flag_bits & 0x1 else "unreadable")
    if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name:
        raise Wrong("archive")
    if name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs", ".bat", ".ps1")):
        raise Wrong("macros")


def _is_embedded(name: str, inside: bool) -> str:
    """The extension of an office document that stands inside another, as charts keep their data.

    One level of those is read under the same budget; every other archive inside is refused.
    """
    low = name.lower()
    if not low.endswith(ARCHIVES):
        return ""
    ending = low.rpartition(".")[2]
    if inside or "/embeddings/" not in low or ending not in {"xlsx", "docx", "pptx"}:
        raise Wrong("archive")
    return ending


def main() -> None:
    """Read the request, look, answer."""
    ask = json.loads(sys.stdin.buffer.read())
    try:
        found = {"image": image, "pdf": pdf, "office": office}[ask["family"]](ask)
        answer = {"code": "ok", **found}
    except Wrong as wrong:
        answer = {"code": str(wrong)}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()

"""Archives of sites, good and bad, made in memory."""

import gzip
import hashlib
import io
import stat
import tarfile
import zipfile
import zlib

TAR, GZIP, ZIP = "application/x-tar", "application/gzip", "application/zip"


def tar(files, mode="w", entries=()):
    """files: name to text. entries: (TarInfo, bytes or None), put behind them as they are."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=tarfile.PAX_FORMAT) as t:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            data = text.encode()
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
        for info, data in entries:
            info.size = len(data) if data else 0
            t.addfile(info, io.BytesIO(data) if data else None)
    return out.getvalue()


def tar_gz(files, **kwargs):
    return tar(files, mode="w:gz", **kwargs)


def zipped(files, links=()):
    """links: name to target, as the archives of Unix hold them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, text in files.items():
            z.writestr(name, text)
        for name, target in dict(links).items():
            info = zipfile.ZipInfo(name)
            info.create_system = 3
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            z.writestr(info, target)
    return out.getvalue()


def entry(name, kind=tarfile.REGTYPE, target="", data=b"x"):
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    if kind == tarfile.CHRTYPE:
        info.devmajor, info.devminor = 1, 3
    return info, data if kind == tarfile.REGTYPE else None


def bomb(mebibytes):
    """A tar.gz with one file of so many MiB of zeros. One deflated block is repeated, so it is made at once."""
    block = bytes(1 << 20)
    info = tarfile.TarInfo("zeros.bin")
    info.size = mebibytes << 20
    head = info.tobuf(tarfile.PAX_FORMAT)
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = deflate.compress(head) + deflate.flush(zlib.Z_FULL_FLUSH)
    one = deflate.compress(block) + deflate.flush(zlib.Z_FULL_FLUSH)
    crc = zlib.crc32(head)
    for _ in range(mebibytes):
        crc = zlib.crc32(block, crc)
    tail = bytes(1024)
    body += one * mebibytes + deflate.compress(tail) + deflate.flush(zlib.Z_FINISH)
    size = len(head) + info.size + len(tail)
    end = zlib.crc32(tail, crc).to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")
    return bytes.fromhex("1f8b08000000000002ff") + body + end


def many(count):
    """A compressed tar with so many empty files."""
    return gzip.compress(
        b"".join(tarfile.TarInfo(f"f{i}").tobuf(tarfile.USTAR_FORMAT) for i in range(count)) + bytes(1024), 6
    )


def sha256(data):
    return hashlib.sha256(data).hexdigest()

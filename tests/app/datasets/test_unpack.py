"""Archives from strangers: nothing leaves the folder, nothing half, no bombs."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from landing_lab.app.datasets.unpack import folder_of, unpack
from landing_lab.errors import DownloadError

CONTENT = {"a/one.txt": b"1" * 1000, "two.txt": b"2" * 10}


def zipped(path: Path, content: dict[str, bytes] = CONTENT) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.mkdir("a")
        for name, data in content.items():
            packed.writestr(name, data)
    return path


def tarred(path: Path, content: dict[str, bytes] = CONTENT, extra: tarfile.TarInfo | None = None) -> Path:
    with tarfile.open(path, "w:gz") as rolled:
        for name, data in content.items():
            item = tarfile.TarInfo(name)
            item.size = len(data)
            rolled.addfile(item, io.BytesIO(data))
        if extra is not None:
            rolled.addfile(extra)
    return path


def unpacked(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("name", "make"), [("x.zip", zipped), ("x.tar.gz", tarred), ("x.tgz", tarred)])
def test_what_is_in_comes_out(tmp_path: Path, name: str, make: object) -> None:
    assert callable(make)
    archive = make(tmp_path / name)
    assert folder_of(archive) == tmp_path / "x"
    unpack(archive, tmp_path / "x")
    assert unpacked(tmp_path / "x") == CONTENT
    assert archive.exists()


def test_other_files_are_no_archives(tmp_path: Path) -> None:
    assert [folder_of(tmp_path / name) for name in ("a.txt", "a.rar", ".zip", "a.npz")] == [None] * 4


@pytest.mark.parametrize(
    "name",
    [
        "../out.txt", "a/../../out.txt", "/etc/out.txt", "C:/out.txt", "a\\..\\out.txt", "a/./b", "con.txt", "x\x1b[2J",
        " a", "a.", "b" * 300,
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_path_that_leaves_the_folder_is_refused(tmp_path: Path, name: str, kind: str) -> None:
    inside = tmp_path / "deep" / "er"
    inside.mkdir(parents=True)
    content = {"good.txt": b"1", name: b"evil"}
    archive = zipped(inside / "x.zip", content) if kind == "zip" else tarred(inside / "x.tar.gz", content)
    with pytest.raises(DownloadError, match="which is no name for a file inside this folder"):
        unpack(archive, inside / "x")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [archive]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_are_refused(tmp_path: Path, kind: bytes) -> None:
    link = tarfile.TarInfo("link")
    link.type, link.linkname = kind, "/etc/passwd" if kind == tarfile.SYMTYPE else "nowhere"
    archive = tarred(tmp_path / "x.tar.gz", extra=link)
    with pytest.raises(DownloadError, match=r"holds a link or device, 'link'.*kept"):
        unpack(archive, tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as packed:
        entry = zipfile.ZipInfo("link")
        entry.external_attr = 0o120777 << 16
        packed.writestr(entry, "/etc/passwd")
    with pytest.raises(DownloadError, match="holds a link, 'link'"):
        unpack(tmp_path / "x.zip", tmp_path / "x")


def test_a_bomb_is_stopped_before_and_while_it_grows(tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "x.zip", {"zeros": bytes(3_000_000)})
    with pytest.raises(DownloadError, match=r"would unpack to more than 0.0 GB \(at 'zeros'\)"):
        unpack(bomb, tmp_path / "x", limit_bytes=2_000_000)
    many = tarred(tmp_path / "y.tar.gz", {str(n): bytes(500_000) for n in range(6)})
    with pytest.raises(DownloadError, match="at '4'"):
        unpack(many, tmp_path / "y", limit_bytes=2_000_000)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.zip", "y.tar.gz"]


def test_a_damaged_or_doubled_archive_leaves_nothing(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "x.zip", {"a": bytes(range(256)) * 400}).read_bytes()
    for number, damaged in enumerate(
        (whole[: len(whole) // 2], b"no archive", whole.replace(whole[60:90], b"\0" * 30))
    ):
        archive = tmp_path / f"d{number}.zip"
        archive.write_bytes(damaged)
        with pytest.raises(DownloadError, match=r"cannot be unpacked .* it is kept"):
            unpack(archive, tmp_path / f"d{number}")
        assert not (tmp_path / f"d{number}").exists()
    cut = tmp_path / "c.tar.gz"
    cut.write_bytes(tarred(tmp_path / "t.tar.gz").read_bytes()[:90])
    with pytest.raises(DownloadError, match="cannot be unpacked"):
        unpack(cut, tmp_path / "c")
    double = tarred(tmp_path / "e.tar.gz", {"a": b"1"}, None)
    with tarfile.open(double, "w:gz") as rolled:
        for _ in range(2):
            rolled.addfile(tarfile.TarInfo("a"), io.BytesIO())
    with pytest.raises(DownloadError, match="holds 'a' twice"):
        unpack(double, tmp_path / "e")

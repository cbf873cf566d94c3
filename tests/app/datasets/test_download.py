"""One file over real sockets: resumed, checked, put aside where wrong, never taken for whole before it is."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

from dataset_server import Served, Server, file_at, made_dataset
from landing_lab.app.datasets.fetch import load
from landing_lab.app.datasets.plan import plan_for
from landing_lab.errors import DownloadError

DATA = bytes(range(256)) * 4096  # 1 MiB
PIECE = 1 << 14  # what is written at once
OTHER = DATA[::-1]


def fetched(server: Server, folder: Path, data: bytes = DATA, **how: Any) -> bytes:
    row = made_dataset(files=(file_at(server, "/a.bin", data, **how),))
    return (load(plan_for(row, folder)) / "a.bin").read_bytes()


def left_over(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name not in ("about.json", "a.bin"))


def test_a_file_comes_whole_and_a_second_call_asks_nobody(server: Server, tmp_path: Path) -> None:
    assert fetched(server, tmp_path / "s") == DATA
    assert left_over(tmp_path / "s") == []
    asked = len(server.asked)
    assert asked == 1
    assert fetched(server, tmp_path / "s") == DATA
    assert len(server.asked) == asked


def test_a_broken_connection_is_continued_within_one_call(server: Server, tmp_path: Path) -> None:
    assert fetched(server, tmp_path / "s", breaks=[18 * PIECE, 12 * PIECE + 5]) == DATA
    assert [headers.get("Range", "") for _, headers in server.asked] == [
        "",
        f"bytes={18 * PIECE}-",
        f"bytes={30 * PIECE}-",
    ]
    assert {headers["If-Range"] for _, headers in server.asked[1:]} == {'"one"'}
    assert {headers["Accept-Encoding"] for _, headers in server.asked} == {"identity"}
    assert server.sent_bytes == len(DATA) + 5, "no more than the rest of a piece may be loaded twice"


def test_a_later_call_goes_on_where_the_earlier_one_stopped(server: Server, tmp_path: Path) -> None:
    row = made_dataset(files=(file_at(server, "/a.bin", DATA, breaks=[25 * PIECE] + [0] * 9),))
    with pytest.raises(DownloadError, match=r"broke the connection off; 409,600 bytes of it are kept"):
        load(plan_for(row, tmp_path / "s"))
    assert left_over(tmp_path / "s") == ["a.bin.part", "a.bin.part.json"]
    assert not (tmp_path / "s" / "a.bin").exists()
    server.files["/a.bin"].breaks = []
    server.sent_bytes = 0
    assert plan_for(row, tmp_path / "s").to_load_bytes == len(DATA) - 25 * PIECE
    assert (load(plan_for(row, tmp_path / "s")) / "a.bin").read_bytes() == DATA
    assert server.sent_bytes == len(DATA) - 25 * PIECE


def test_a_server_without_ranges_starts_anew(server: Server, tmp_path: Path) -> None:
    assert fetched(server, tmp_path / "s", breaks=[18 * PIECE], ranges=False) == DATA
    assert server.sent_bytes == 18 * PIECE + len(DATA)


@pytest.mark.parametrize("etag", ['"two"', 'W/"two"', ""])
def test_a_file_that_changed_in_between_starts_anew(server: Server, tmp_path: Path, etag: str) -> None:
    folder = tmp_path / "s"
    row = made_dataset(files=(file_at(server, "/a.bin", DATA),))
    server.files["/a.bin"] = Served(OTHER, breaks=[25 * PIECE] + [0] * 9, etag=etag and '"one"')
    with pytest.raises(DownloadError):
        load(plan_for(row, folder))
    server.files["/a.bin"] = Served(DATA, etag=etag)
    assert (load(plan_for(row, folder)) / "a.bin").read_bytes() == DATA
    assert left_over(folder) == []


def test_a_part_that_is_whole_already_is_only_checked(server: Server, tmp_path: Path) -> None:
    row = made_dataset(files=(file_at(server, "/a.bin", DATA),))
    (tmp_path / "a.bin.part").write_bytes(DATA)
    assert (load(plan_for(row, tmp_path)) / "a.bin").read_bytes() == DATA
    assert server.asked == []


def test_a_part_of_nothing_known_or_too_long_is_thrown_away(server: Server, tmp_path: Path) -> None:
    for wrong in (b"x" * 1000, b"x" * (len(DATA) + 1)):
        folder = tmp_path / str(len(wrong))
        folder.mkdir()
        (folder / "a.bin.part").write_bytes(wrong)
        assert fetched(server, folder) == DATA


def test_a_wrong_checksum_is_put_aside_and_said(server: Server, tmp_path: Path) -> None:
    row = made_dataset(files=(file_at(server, "/a.bin", DATA),))
    server.files["/a.bin"].data = OTHER
    for name in ("a.bin.bad", "a.bin.bad-2"):
        with pytest.raises(DownloadError, match=f"is not the file it should be .* put aside as {name} and is not used"):
            load(plan_for(row, tmp_path))
        assert (tmp_path / name).read_bytes() == OTHER
    assert left_over(tmp_path) == ["a.bin.bad", "a.bin.bad-2"]
    server.files["/a.bin"].data = DATA
    assert (load(plan_for(row, tmp_path)) / "a.bin").read_bytes() == DATA


def test_a_file_of_somebody_under_that_name_is_kept(server: Server, tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"mine")
    assert fetched(server, tmp_path) == DATA
    assert (tmp_path / "a.bin.bad").read_bytes() == b"mine"


def test_errors_of_the_server(server: Server, tmp_path: Path) -> None:
    assert fetched(server, tmp_path / "again", statuses=[500, 503, 429]) == DATA
    with pytest.raises(DownloadError, match="answers with error 500; the same command goes on"):
        fetched(server, tmp_path / "ever", statuses=[500] * 20)
    for status, words in ((404, "has no such file"), (403, "does not give it out"), (401, "asks for a login")):
        asked = len(server.asked)
        with pytest.raises(DownloadError, match=f"127.0.0.1 {words} .HTTP {status}.: http.*put the file at"):
            fetched(server, tmp_path / str(status), statuses=[status] * 20)
        assert len(server.asked) == asked + 1, "what will not come is not asked for again"


def test_a_login_page_is_seen_before_it_is_loaded(server: Server, tmp_path: Path) -> None:
    row = made_dataset(files=(file_at(server, "/a.bin", DATA),))
    server.files["/a.bin"].data = b"<html>log in</html>" * 9000
    with pytest.raises(DownloadError, match=r"has 171,000 bytes there and should have 1,048,576; .*login"):
        load(plan_for(row, tmp_path))
    assert server.sent_bytes <= 200_000


def test_endless_and_compressed_answers_are_refused(server: Server, tmp_path: Path) -> None:
    row = made_dataset(files=(file_at(server, "/a.bin", DATA, length=False),))
    server.files["/a.bin"].data = DATA * 8
    with pytest.raises(DownloadError, match="sends more than the 1,048,576 bytes"):
        load(plan_for(row, tmp_path / "more"))
    assert left_over(tmp_path / "more") == []
    with pytest.raises(DownloadError, match="compressed, though it was asked not to"):
        fetched(server, tmp_path / "packed", encoding="gzip")


def test_redirects_stay_with_https(server: Server, tmp_path: Path) -> None:
    row = made_dataset(files=(file_at(server, "/a.bin", DATA),))
    server.files["/real.bin"] = Served(DATA, breaks=[6 * PIECE])
    server.files["/a.bin"].location = "/real.bin"
    assert (load(plan_for(row, tmp_path / "near")) / "a.bin").read_bytes() == DATA
    assert server.sent_bytes == len(DATA)
    for bad in ("ftp://127.0.0.1/a", "file:///etc/passwd", "http://example.org/a", "//example.org/a", "https:///a"):
        server.files["/a.bin"].location = bad
        with pytest.raises(DownloadError, match=r"127\.0\.0\.1 sends on to .* no https address"):
            load(plan_for(row, tmp_path / "far"))
    server.files["/a.bin"].location = "/a.bin"
    with pytest.raises(DownloadError, match="from address to address without end"):
        load(plan_for(row, tmp_path / "round"))


def test_nobody_there(server: Server, tmp_path: Path) -> None:
    one = file_at(server, "/a.bin", DATA)
    closed = made_dataset(
        files=(type(one)(path="a.bin", address="http://127.0.0.1:9/a.bin", size_bytes=9, sha256="0" * 64),)
    )
    with pytest.raises(DownloadError) as told:
        load(plan_for(closed, tmp_path / "s"))
    sentence = str(told.value)
    assert sentence.startswith("127.0.0.1 refuses the connection; the same command goes on when the connection is back")
    assert f"put it at {tmp_path / 's' / 'a.bin'}: it is checked and used" in sentence
    (tmp_path / "s" / "a.bin").write_bytes(DATA)
    row = made_dataset(files=(one,))
    assert (load(plan_for(row, tmp_path / "s")) / "a.bin").read_bytes() == DATA
    assert server.asked == [], "a file that was put there is used without asking"


def test_a_full_disk_keeps_what_came(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = made_dataset(files=(file_at(server, "/a.bin", DATA),))
    real_open, room = Path.open, [600_000]

    def small_disk(path: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        stream = real_open(path, mode, *rest, **more)
        if path.name == "a.bin.part":
            write = stream.write

            class Full:
                def __enter__(self) -> Any:
                    return self

                def __exit__(self, *_: object) -> None:
                    stream.close()

                def write(self, data: bytes) -> int:
                    if len(data) > room[0]:
                        raise OSError(errno.ENOSPC, "No space left on device")
                    room[0] -= len(data)
                    return int(write(data))

            return Full()
        return stream

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", small_disk)
        with pytest.raises(DownloadError, match=r"the disk is full: 589,824 bytes of a.bin are kept as a.bin.part"):
            load(plan_for(row, tmp_path / "s"))
    assert (load(plan_for(row, tmp_path / "s")) / "a.bin").read_bytes() == DATA
    assert server.asked[-1][1]["Range"] == "bytes=589824-"


def test_too_little_space_is_said_before(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = made_dataset(files=(file_at(server, "/a.bin", DATA),))
    monkeypatch.setattr("landing_lab.app.datasets.fetch._MARGIN_BYTES", 10**18)
    with pytest.raises(DownloadError, match=r"set needs 1.0 MB and \d+ MB to spare.* free; free some space, choose"):
        load(plan_for(row, tmp_path / "deep" / "down"))
    assert server.asked == []
    assert not (tmp_path / "deep").exists()


@pytest.mark.parametrize("location", ["https://[::1", f"https://{'a' * 300}/x", f"https://{'b.' * 150}org/x"])
def test_a_redirect_to_no_address_at_all_is_refused(server: Server, tmp_path: Path, location: str) -> None:
    row = made_dataset(files=(file_at(server, "/a.bin", DATA, location=location),))
    with pytest.raises(DownloadError, match=r"sends on to (.* which is no https|something that is no) address"):
        load(plan_for(row, tmp_path / "s"))

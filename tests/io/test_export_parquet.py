"""Parquet recordings read back equal, foreign tables read like text, and damage is told from data."""

import json
import multiprocessing
import os
import time
import warnings
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import landing_lab as ll
from landing_lab.errors import FileFormatError, ParameterError, RecordingError
from landing_lab.io import parquet_file
from landing_lab.io.export import export
from landing_lab.io.formats.parquet import read_parquet
from landing_lab.io.read import read
from landing_lab.model.blocks import Gap
from landing_lab.model.channels import Channel, ChannelLayout
from landing_lab.model.recording import Clock, Recording, Sensor, Stream
from traces import on_plates

SIDES = ("total", "left", "right", "left_right", "plate_1", "plate_2")
FORCES = st.one_of(st.floats(-1e6, 1e6), st.just(float("nan")), st.sampled_from([0.0, -0.0, 1e308, 5e-324, np.inf]))
TEXT = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=20)
PLAIN = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**60), 2**60), st.floats(allow_nan=False, width=32), TEXT
    ).filter(lambda value: not isinstance(value, float) or np.isfinite(value)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=6,
)


@st.composite
def channels(draw: st.DrawFn) -> Channel:
    quantity = draw(st.sampled_from(("force", "force", "pressure", "cop_ml", "cop_ap", "cop_1", "counts")))
    unit = {"force": "N", "pressure": "kPa", "counts": "counts"}.get(quantity, "m")
    position = draw(st.none() | st.tuples(st.floats(-300, 300), st.floats(-300, 300)))
    return Channel(draw(TEXT), quantity, unit, draw(st.sampled_from(SIDES)), position)


@st.composite
def recordings(draw: st.DrawFn) -> Recording:
    layout = draw(st.lists(channels(), min_size=1, max_size=6))
    n = draw(st.integers(1, 30))
    rate = draw(st.floats(1.0, 5000.0))
    samples = np.array(draw(st.lists(FORCES, min_size=n * len(layout), max_size=n * len(layout)))).reshape(n, -1)
    gaps = draw(
        st.lists(st.builds(Gap, sample=st.integers(0, n), n_samples=st.integers(1, 9), reason=TEXT), max_size=2)
    )
    stream = Stream(
        samples=samples,
        sample_rate_hz=rate,
        times_s=draw(st.floats(-5, 5)) + np.arange(n) / rate,
        layout=ChannelLayout(tuple(layout)),
        sensor=Sensor(
            kind=draw(st.sampled_from(("force_plate", "hx711_plate", "fsr_insole"))),
            description=draw(TEXT),
            bandwidth_hz=draw(st.none() | st.floats(1, 500)),
            calibrated=draw(st.booleans()),
        ),
        clock=Clock(source=draw(TEXT), drift_ppm=draw(st.floats(-99, 99)), offset_sd_s=draw(st.floats(0, 1))),
        gaps=tuple(gaps),
        free_running=draw(st.booleans()),
    )
    provenance = {"source": draw(TEXT), "notes": tuple(draw(st.lists(TEXT, max_size=2))), "more": draw(PLAIN)}
    provenance["simulated"] = draw(st.booleans())
    name = draw(TEXT.filter(bool))
    return Recording(streams={name: stream}, started_at=draw(st.none() | TEXT), provenance=provenance)


def assert_equal(back: Recording, given_: Recording) -> None:
    assert list(back.streams) == list(given_.streams)
    assert back.started_at == given_.started_at
    assert {k: v for k, v in back.provenance.items() if k != "path"} == given_.provenance
    for name, stream in given_.streams.items():
        other = back.streams[name]
        np.testing.assert_array_equal(other.samples, stream.samples)
        np.testing.assert_array_equal(np.signbit(other.samples), np.signbit(stream.samples) & ~np.isnan(stream.samples))
        np.testing.assert_array_equal(other.times_s, stream.times_s)
        for fact in ("sample_rate_hz", "layout", "sensor", "clock", "gaps", "free_running"):
            assert getattr(other, fact) == getattr(stream, fact), fact


@given(recordings())
@settings(max_examples=60, deadline=None)
def test_any_stream_reads_back_equal(tmp_path_factory: pytest.TempPathFactory, recording: Recording) -> None:
    path = export(recording, tmp_path_factory.getbasetemp() / "any.parquet")
    back = read_parquet(path)
    assert isinstance(back, Recording)
    assert_equal(back, recording)
    assert back.provenance["path"] == str(path)
    assert list(read(path).streams) == list(recording.streams)


def test_the_simulated_trial_keeps_its_result(tmp_path: Path) -> None:
    recording = ll.simulate_drop_jump(seed=3).recording
    back = ll.read(ll.export(recording, tmp_path / "trial.parquet"))
    assert back.simulated
    assert back.source == recording.source
    assert ll.analyse(back).metrics.equals(ll.analyse(recording).metrics)


def test_columns_are_named_by_side_and_quantity_for_other_programs(tmp_path: Path) -> None:
    recording = on_plates(np.arange(40.0), sides=("left", "right"))
    path = export(recording, tmp_path / "x.parquet")
    rows = duckdb.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    assert [row[:2] for row in rows] == [("time_s", "DOUBLE"), ("left_n", "DOUBLE"), ("right_n", "DOUBLE")]
    ((key, value),) = duckdb.execute("SELECT key, value FROM parquet_kv_metadata(?)", [str(path)]).fetchall()
    assert key == b"landing_lab"
    document = json.loads(value)
    assert document["columns"][0] == {
        "column": "left_n", "name": "plate 0", "quantity": "force", "unit": "N", "side": "left", "position_mm": None,
    }  # fmt: skip
    assert document["sample_rate_hz"] == 1000.0


def test_missing_samples_are_null(tmp_path: Path) -> None:
    values = np.arange(20.0)
    values[4:7] = np.nan
    path = export(on_plates(values), tmp_path / "x.parquet")
    assert duckdb.execute("SELECT count(*) - count(total_n) FROM read_parquet(?)", [str(path)]).fetchall() == [(3,)]


def test_cells_of_one_side_get_names_of_their_own(tmp_path: Path) -> None:
    cells = tuple(Channel(name, "force", "N", "left", (1.0, 2.0)) for name in ("heel", "Heel", "toe", ""))
    base = on_plates(np.arange(80.0).reshape(20, 4), sides=("left", "right", "plate_1", "plate_2")).streams["force"]
    stream = Stream(
        samples=base.samples, sample_rate_hz=80.0, times_s=base.times_s, layout=ChannelLayout(cells),
        sensor=base.sensor, clock=base.clock,
    )  # fmt: skip
    recording = Recording(streams={"insole_left": stream}, provenance={"source": "x", "notes": ()})
    path = export(recording, tmp_path / "x.parquet")
    rows = duckdb.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    assert [row[0] for row in rows] == ["time_s", "left_heel_n", "left_heel_n_2", "left_toe_n", "left_n"]
    assert_equal(read(path), recording)


def test_paths_of_this_computer_are_not_written(tmp_path: Path) -> None:
    source = tmp_path / "jane.doe.csv"
    source.write_text("time_s,left,right\n" + "".join(f"{i / 100},{i},{i}\n" for i in range(20)))
    path = export(read(source), tmp_path / "x.parquet")
    assert str(tmp_path).encode() not in path.read_bytes()


def foreign(path: Path, select: str) -> Path:
    duckdb.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    return path


@pytest.mark.parametrize(
    ("select", "sides", "note"),
    [
        ("SELECT i/1000.0 AS time, i::FLOAT AS left, 2*i AS right", ("left", "right"), None),
        ('SELECT i/1000.0 AS "Time (s)", i*1.5 AS "Left (N)", i AS "Right (N)"', ("left", "right"), None),
        ("SELECT i/1000.0 AS t, i::DECIMAL(9,2) AS Fz", ("total",), None),
        ("SELECT make_timestamp(i*1000) AS time, i::HUGEINT AS Fz1, i::UBIGINT+1 AS Fz2", ("plate_1", "plate_2"), None),
        ("SELECT i/1000.0 AS time_s, 'P7' AS subject, i AS Fz, [1] AS tags", ("total",), '"subject", "tags"'),
    ],
)
def test_foreign_tables_read_like_text(tmp_path: Path, select: str, sides: tuple[str, ...], note: str | None) -> None:
    recording = read(foreign(tmp_path / "f.parquet", f"{select} FROM range(500) t(i)"))
    stream = recording.streams["force"]
    assert stream.layout.sides == sides
    assert stream.sample_rate_hz == 1000.0
    assert stream.samples.shape == (500, len(sides))
    assert stream.samples[10, 0] in (10.0, 15.0)
    assert note is None or any(note in text for text in recording.notes)


def test_instants_keep_their_order_and_microseconds_over_many_rows(tmp_path: Path) -> None:
    select = "SELECT make_timestamp(1700000000000000 + i*500) AS time, i AS Fz, NULL::TIMESTAMP AS day"
    stream = read(foreign(tmp_path / "f.parquet", f"{select} FROM range(300000) t(i)")).streams["force"]
    assert stream.sample_rate_hz == 2000.0
    np.testing.assert_array_equal(stream.samples[:, 0], np.arange(300000.0))


def test_foreign_rows_without_time_need_a_rate_and_blanks_are_missing(tmp_path: Path) -> None:
    path = foreign(tmp_path / "f.parquet", "SELECT CASE WHEN i % 7 = 3 THEN NULL ELSE i END AS Fz FROM range(50) t(i)")
    with pytest.raises(ParameterError, match="does not say its sample rate"):
        read(path)
    samples = read(path, sample_rate_hz=500).streams["force"].samples
    assert np.isnan(samples[:, 0]).sum() == 7
    assert read(path, total="fz", sample_rate_hz=500).streams["force"].layout.sides == ("total",)


@pytest.mark.parametrize(
    ("select", "sentence"),
    [
        ("SELECT 'a' AS name, 'b' AS subject FROM range(20)", "without numbers .it holds: name, subject."),
        ("SELECT i/1000.0 AS time, i AS knee, i AS hip FROM range(20) t(i)", "no column is recognised"),
        ("SELECT 1 AS Fz WHERE false", "holds no numbers"),
        ("SELECT i/1000.0 AS time, i AS Fz FROM range(3) t(i)", "needs at least 10"),
        ("SELECT (i%10)/1000.0 AS time, i AS Fz FROM range(30) t(i)", "time does not increase at row 11"),
        ("SELECT 1 AS Fz FROM range(200000000)", "200000000 rows of 1 columns, more than"),
    ],
)
def test_tables_without_a_recording_are_refused(tmp_path: Path, select: str, sentence: str) -> None:
    path = foreign(tmp_path / "f.parquet", select)
    with pytest.raises(FileFormatError, match=sentence):
        read(path, sample_rate_hz=None if "time" in select else 100.0)


def test_huge_integers_do_not_break_the_analysis(tmp_path: Path) -> None:
    select = "SELECT i/1000.0 AS time, CASE WHEN i = 100 THEN 170141183460469231731687303715884105727 ELSE i END AS Fz"
    recording = read(foreign(tmp_path / "f.parquet", f"{select} FROM range(500) t(i)"))
    assert recording.streams["force"].samples[100, 0] > 1e38
    assert ll.analyse(recording).status == "refused"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    recording = ll.simulate_drop_jump(seed=1).recording
    return export(recording, tmp_path_factory.mktemp("whole") / "trial.parquet")


def test_a_file_cut_anywhere_is_refused(whole: Path, tmp_path: Path) -> None:
    content = whole.read_bytes()
    cut = tmp_path / "cut.parquet"
    for size in range(4, len(content), 997):
        cut.write_bytes(content[:size])
        with pytest.raises(FileFormatError, match=r"cut\.parquet is a damaged Parquet file"):
            read(cut)


def test_flipped_bytes_never_change_a_number(whole: Path, tmp_path: Path) -> None:
    content, expected = whole.read_bytes(), read(whole).streams["force"]
    rng = np.random.default_rng(5)
    flipped = tmp_path / "flipped.parquet"
    places = np.concatenate([rng.integers(4, len(content), 150), rng.integers(len(content) - 2500, len(content), 150)])
    refused = 0
    for place in places.tolist():
        damaged = bytearray(content)
        damaged[place] ^= 1 << int(rng.integers(8))
        flipped.write_bytes(damaged)
        try:
            stream = read(flipped).streams["force"]
        except FileFormatError:
            refused += 1
            continue
        np.testing.assert_array_equal(stream.samples, expected.samples)
        assert stream.sample_rate_hz == expected.sample_rate_hz
        assert stream.layout == expected.layout
    assert refused > 150
    assert read(whole).source == "simulated drop jump, seed 1"  # no damaged file spoils the next


def test_a_database_that_gave_up_is_replaced(whole: Path) -> None:
    read(whole)
    spoilt = parquet_file._database(os.getpid())
    calls = []

    def fragile(_: object) -> str:
        calls.append(1)
        if len(calls) == 1:
            raise duckdb.FatalException("database has been invalidated because of a previous fatal error")
        return "read"

    assert parquet_file._run(fragile) == "read"
    assert parquet_file._database(os.getpid()) is not spoilt

    def broken(_: object) -> str:
        raise duckdb.InternalException("this file does it every time")

    with pytest.raises(FileFormatError, match=r"damaged Parquet file .this file does it every time"):
        parquet_file._asked(whole, lambda database, _: broken(database))
    assert len(read(whole).streams) == 1


def rewritten(whole: Path, path: Path, key: str, value: str) -> Path:
    quoted = value.replace("'", "''")
    duckdb.execute(
        f"COPY (SELECT * FROM read_parquet('{whole}')) TO '{path}' (FORMAT parquet, KV_METADATA {{{key}: '{quoted}'}})"
    )
    return path


def description(whole: Path) -> dict:
    ((_, value),) = duckdb.execute("SELECT key, value FROM parquet_kv_metadata(?)", [str(whole)]).fetchall()
    return json.loads(value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"schema": "landing-lab.recording/2"}, "newer landing-lab"),
        ({"schema": "landing-lab.metrics/1"}, "table of metrics"),
        ({"schema": 7}, "is damaged"),
        ({"sample_rate_hz": 500.0}, "checksum does not match"),
        ({"columns": []}, "checksum does not match"),
        ({"columns": None}, "is damaged"),
        ({"columns": [{"column": "nothing"}]}, "damaged Parquet file"),
        ({"crc32": None}, "checksum does not match"),
    ],
)
def test_a_changed_description_is_refused(whole: Path, tmp_path: Path, change: dict, sentence: str) -> None:
    path = rewritten(whole, tmp_path / "x.parquet", "landing_lab", json.dumps({**description(whole), **change}))
    with pytest.raises(FileFormatError, match=sentence):
        read(path)


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", "[" * 100_000])
def test_a_description_that_is_none_is_refused(whole: Path, tmp_path: Path, text: str) -> None:
    with pytest.raises(FileFormatError, match="what it says of itself"):
        read(rewritten(whole, tmp_path / "x.parquet", "landing_lab", text))


def test_a_damaged_key_does_not_switch_the_checksum_off(whole: Path, tmp_path: Path) -> None:
    document = {**description(whole), "sample_rate_hz": 500.0}
    with pytest.raises(FileFormatError, match="checksum does not match"):
        read(rewritten(whole, tmp_path / "x.parquet", "landing_lac", json.dumps(document)))


def test_stripped_of_its_description_it_reads_as_a_table(whole: Path, tmp_path: Path) -> None:
    back = read(rewritten(whole, tmp_path / "x.parquet", "other", "thing")).streams["force"]
    assert back.layout.sides == ("left", "right")
    np.testing.assert_array_equal(back.samples, read(whole).streams["force"].samples)


@pytest.mark.parametrize("name", ["a[1].parquet", "b*.parquet", "c?.PARQUET", "d '\"ü{e,f}.parquet", "k=v.parquet"])
def test_odd_names_mean_one_file(tmp_path: Path, name: str) -> None:
    export(on_plates(np.arange(30.0)), tmp_path / "b1.parquet")
    path = export(on_plates(np.arange(20.0)), tmp_path / "x=[y]*" / name)
    assert len(read(path).streams["force"].samples) == 20


def test_several_clocks_are_refused_and_one_can_be_chosen(tmp_path: Path) -> None:
    stream = on_plates(np.arange(30.0)).streams["force"]
    recording = Recording(streams={"plate": stream, "insole": stream}, provenance={"source": "s.xdf"})
    with pytest.raises(RecordingError, match=r"2 streams on clocks of their own .*keep the \.xdf.*--stream"):
        export(recording, tmp_path / "x.parquet")
    assert list(read(export(recording, tmp_path / "x.parquet", stream="insole")).streams) == ["insole"]
    with pytest.raises(RecordingError, match='no stream "shoe"; it holds: plate, insole'):
        export(recording, tmp_path / "x.parquet", stream="shoe")


def test_threads_read_and_write_at_once(tmp_path: Path) -> None:
    recordings_ = [on_plates(np.full(2000, 100.0 * k)) for k in range(8)]
    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(lambda pair: export(pair[1], tmp_path / f"{pair[0]}.parquet"), enumerate(recordings_)))
        back = list(pool.map(read, paths))
    assert [stream.samples[0, 0] for stream in (one.streams["force"] for one in back)] == [100.0 * k for k in range(8)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_reads_too(whole: Path) -> None:
    read(whole)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns of any fork beside threads
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(2, mp_context=context) as pool:
            lengths = list(pool.map(_n_samples, [whole] * 4, timeout=60))
    assert lengths == [_n_samples(whole)] * 4


def _n_samples(path: Path) -> int:
    return len(read(path).streams["force"].samples)


def test_reading_is_fast_and_the_file_small(whole: Path) -> None:
    assert whole.stat().st_size < 40_000
    read(whole)
    spent = []
    for _ in range(20):
        start = time.perf_counter()
        read(whole)
        spent.append(time.perf_counter() - start)
    assert min(spent) < 0.02  # about 2.5 ms alone on the machine; the machine is shared


def test_no_folder_for_temporary_files_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkdtemp", full)
    for suffix in (".parquet", ".c3d"):
        with pytest.raises(RecordingError, match="No space left on device"):
            export(on_plates(np.arange(30.0)), tmp_path / f"x{suffix}")
    assert list(tmp_path.iterdir()) == []

"""The server of the lab page as somebody who means harm, or a broken browser, talks to it: real sockets, no browser."""

from __future__ import annotations

import json
import math
import os
import re
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from lab_server import LabServer, lab_server
from landing_lab.app.web.door import COOKIE, MOST_BODY, POLICY
from landing_lab.app.web.patience import FIRST_WORDS_S, MOST_CONNECTIONS
from landing_lab.app.web.routes import ACTIONS
from landing_lab.app.web.sockets import MOST_PAGES
from patience import PATIENCE_S

PAGE = {"x-landing-lab": "1", "x-client": "test-page-0001"}
HOSTILE = "<img src=x onerror=alert(1)>"
NO_PORT = "/dev/ttyThereIsNoSuchPort"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset beside something that nobody may read or change through the page."""
    root = tmp_path_factory.mktemp("lab")
    (root / "secret.toml").write_text("name = 'secret'\n")
    return root / "study"


@pytest.fixture(scope="module")
def lab(folder: Path) -> Iterator[LabServer]:
    """A server of this machine, without boards."""
    with lab_server(folder, "--port", NO_PORT) as running:
        yield running


@pytest.fixture(scope="module")
def open_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A server for the network of the lab: with a token."""
    with lab_server(tmp_path_factory.mktemp("net"), "--port", NO_PORT, "--host", "0.0.0.0") as running:
        yield running


def port_of(lab: LabServer) -> int:
    found = urlsplit(lab.url).port
    assert found is not None
    return found


def asks(lab: LabServer, **more: Any) -> httpx.Client:
    return httpx.Client(base_url=f"http://127.0.0.1:{port_of(lab)}", timeout=PATIENCE_S, verify=False, **more)


def listens(lab: LabServer, client: str = PAGE["x-client"], **more: Any) -> ClientConnection:
    port = port_of(lab)
    return connect(
        f"ws://127.0.0.1:{port}/live?client={client}",
        **{"origin": f"http://127.0.0.1:{port}", "open_timeout": PATIENCE_S, **more},
    )


def told(page: ClientConnection, holds: Callable[[Mapping[str, Any]], bool] = lambda _: True) -> dict[str, Any]:
    """The next state that a socket is sent for which something holds."""
    while True:
        message = page.recv(timeout=PATIENCE_S)
        if isinstance(message, str) and (state := json.loads(message).get("state")) is not None and holds(state):
            return dict(state)


def ended(page: ClientConnection) -> None:
    """The server closes this socket; what it still said is passed over."""
    with suppress(ConnectionClosed):
        for _ in range(10_000):
            page.recv(timeout=PATIENCE_S)
        pytest.fail("the socket is still open")


def idle(lab: LabServer) -> dict[str, Any]:
    """The state once the lab is at nothing."""
    end = time.monotonic() + PATIENCE_S
    with asks(lab) as client:
        while time.monotonic() < end:
            state: dict[str, Any] = client.get("/api/state").json()
            if not state["job"]:
                return state
            time.sleep(0.05)
    raise AssertionError(state["job"])


# Who may come in


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example:{port}", "localhost.evil.example", "",
             "10.0.0.7:{port}", "[::2]:{port}", "[", "a@127.0.0.1.evil:{port}", "127.1:{port}"],
)  # fmt: skip
def test_another_name_of_this_server_is_refused(lab: LabServer, host: str) -> None:
    """DNS rebinding: a page of another site whose name was made to point at this machine."""
    with asks(lab) as client:
        answer = client.get("/api/state", headers={"host": host.format(port=port_of(lab))})
    assert answer.status_code == 403
    assert "participants" not in answer.text


@pytest.mark.parametrize("host", ["localhost:{port}", "127.0.0.1:{port}", "[::1]:{port}", "LOCALHOST:{port}"])
def test_the_names_of_this_machine_are_known(lab: LabServer, host: str) -> None:
    with asks(lab) as client:
        assert client.get("/", headers={"host": host.format(port=port_of(lab))}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["null", "http://evil.example", "https://127.0.0.1:{port}.evil.example", "http://127.0.0.1:1",
               "http://localhost:{port}", "file://127.0.0.1:{port}", "127.0.0.1:{port}", "http://[", ""],
)  # fmt: skip
def test_another_origin_neither_acts_nor_listens(lab: LabServer, origin: str) -> None:
    origin = origin.format(port=port_of(lab))
    with asks(lab, headers={"origin": origin}) as client:
        answer = client.post("/api/boards/look", headers=PAGE, json={})
        assert (answer.status_code, "another site" in answer.text) == (403, True)
        assert "access-control-allow-origin" not in answer.headers
        if origin != "null":
            assert client.get("/api/state").status_code == 403
        asked = client.options("/api/boards/look", headers={"access-control-request-method": "POST"})
        assert asked.status_code == 403, "no browser is told that it may"
    with pytest.raises(InvalidStatus) as refused, listens(lab, origin=origin):
        pass
    assert refused.value.response.status_code == 403


def test_a_socket_without_origin_and_a_form_are_refused(lab: LabServer) -> None:
    with pytest.raises(InvalidStatus), listens(lab, origin=None):
        pass
    with asks(lab) as client:
        form = client.post("/api/boards/look", data={"a": "b"}, headers={"x-client": PAGE["x-client"]})
        assert form.status_code == 403, "a form of another site can set no header"
        for method in ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"):
            assert client.request(method, "/api/session/start").status_code == 403
            assert client.request(method, "/api/session/start", headers=PAGE).status_code == 405
        for name in ACTIONS:
            assert client.get(f"/api/{name}").status_code == 405, "nothing is done by opening an address"


@pytest.mark.parametrize("client", ["", "short", "a" * 65, "../../etc", "%00%00%00%00%00%00%00%00", HOSTILE])
def test_a_page_says_who_it_is(lab: LabServer, client: str) -> None:
    with asks(lab) as asking:
        headers = {**PAGE, "x-client": client}
        for name in ("boards/look", "wheel/take"):
            assert asking.post(f"/api/{name}", headers=headers, json={}).status_code == 400
    with pytest.raises((InvalidStatus, ConnectionClosed)), listens(lab, client=client.replace(" ", "+")) as page:
        page.recv(timeout=PATIENCE_S)


# The token


def test_without_the_token_nothing_is_told(open_lab: LabServer) -> None:
    with asks(open_lab) as client:
        for path in ("/", "/api/state", "/static/main.js", "/static/page.css", "/live", "/nothing", "/?token=",
                     "/?token=wrong", "/?x=1&token=%00", "/static/main.js?token=wrong"):  # fmt: skip
            answer = client.get(path)
            assert answer.status_code == 403, path
            assert "set-cookie" not in answer.headers
            assert "landing-lab serve printed" in answer.text
        for name in (*ACTIONS, "wheel/take"):
            assert client.post(f"/api/{name}", headers=PAGE, json={}).status_code == 403
    name, token = f"{COOKIE}_{port_of(open_lab)}", open_lab.url.split("token=")[1]
    for cookie in ("", "x", f"{name}=wrong", f"{name}=", f'{name}="', f"{name}=\xff", "=;=;;", f"{COOKIE}={token}",
                   f"{COOKIE}_1={token}"):  # fmt: skip
        with asks(open_lab, headers={"cookie": cookie.encode("latin-1")}) as client:
            assert client.get("/api/state").status_code == 403
        with pytest.raises(InvalidStatus) as refused, listens(open_lab, additional_headers={"cookie": cookie}):
            pass
        assert refused.value.response.status_code in (400, 403)


def test_the_token_becomes_a_cookie_that_no_script_and_no_other_site_can_use(open_lab: LabServer) -> None:
    token = open_lab.url.split("token=")[1]
    assert len(token) >= 32
    with asks(open_lab) as client:
        for path in (f"/api/state?token={token}", f"/static/main.js?token={token}"):
            assert client.get(path).status_code == 403, "only the page itself is entered with the address"
        assert client.post(f"/?token={token}", headers=PAGE).status_code == 403
        entered = client.get(f"/?token={token}")
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        assert entered.headers["referrer-policy"] == "no-referrer"
        assert entered.headers["cache-control"] == "no-store"
        (cookie,) = SimpleCookie(entered.headers["set-cookie"]).values()
        assert cookie.key == f"{COOKIE}_{port_of(open_lab)}"
        assert (cookie.value, cookie["httponly"], cookie["samesite"], cookie["path"]) == (token, True, "lax", "/")
        assert not cookie["domain"]
        assert not cookie["expires"]
        for path in ("/", "/api/state", "/static/main.js"):
            answer = client.get(path)
            assert answer.status_code == 200
            assert token not in answer.text
    headers = {"cookie": f"{COOKIE}_{port_of(open_lab)}={token}"}
    with listens(open_lab, additional_headers=headers) as page:
        assert token not in json.dumps(told(page))
    with pytest.raises(InvalidStatus), listens(open_lab, origin="http://evil.example", additional_headers=headers):
        pass
    said = "".join(open_lab.said)
    assert said.count(token) == 1, "it is shown once"
    assert "not encrypted" in said


def test_two_servers_of_one_machine_do_not_log_each_other_out(tmp_path: Path, open_lab: LabServer) -> None:
    """A browser keeps the cookies of a machine together, whatever the port."""
    with lab_server(tmp_path / "other", "--port", NO_PORT, "--host", "0.0.0.0") as other, httpx.Client() as browser:
        at = [f"http://127.0.0.1:{port_of(one)}" for one in (open_lab, other)]
        for place, one in zip(at, (open_lab, other), strict=True):
            token = one.url.split("token=")[1]
            assert browser.get(f"{place}/?token={token}", follow_redirects=True).status_code == 200
        assert [browser.get(f"{place}/api/state").status_code for place in at] == [200, 200]
        assert len(browser.cookies) == 2


def test_the_token_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    from landing_lab.app.web import door

    compared: list[tuple[bytes, bytes]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr(door.hmac, "compare_digest", compare)
    there = door.Door(hosts=frozenset(("lab",)), token="right", port=7)
    assert not there.knows({"cookie": f"{COOKIE}_7=wrong"})
    assert there.knows({"cookie": f"{COOKIE}_7=right"})
    assert compared == [(b"wrong", b"right"), (b"right", b"right")]


def test_in_the_network_numbers_are_names_and_other_names_are_not(open_lab: LabServer) -> None:
    """A tablet that cannot look the laptop's name up takes its number, which no rebinding can forge."""
    token, port = open_lab.url.split("token=")[1], port_of(open_lab)
    host = urlsplit(open_lab.url).hostname
    assert host
    assert host not in ("0.0.0.0", "::")
    with asks(open_lab, headers={"cookie": f"{COOKIE}_{port}={token}"}) as client:
        for name in (f"192.168.1.5:{port}", f"[fe80::1]:{port}", f"{socket.gethostname()}:{port}", f"{host}:{port}"):
            assert client.get("/api/state", headers={"host": name}).status_code == 200, name
        for name in (f"evil.example:{port}", f"192.168.1.5.evil.example:{port}", f"{port}"):
            assert client.get("/api/state", headers={"host": name}).status_code == 403, name


# What is sent


POSTED = b"POST /api/athlete HTTP/1.1\r\nhost: localhost\r\nx-landing-lab: 1\r\nx-client: test-page-0001\r\n"
BODIES = {
    "deep": b"[" * 100_000,
    "deep object": b'{"a":' * 40_000,
    "digits": b'{"n_trials": ' + b"9" * 200_000 + b"}",
    "four thousand digits": b'{"n_trials": ' + b"9" * 4000 + b', "protocol": "drop_jump", "participant": "P07"}',
    "infinity": b'{"n_trials": 1e999, "protocol": "drop_jump", "participant": "P07"}',
    "nan": b'{"n_trials": NaN, "protocol": "drop_jump", "participant": "P07"}',
    "no utf-8": b'{"participant": "\xff\xfe"}',
    "half a surrogate": b'{"participant": "\\ud800", "protocol": "\\ud800", "kind": "\\udfff"}',
    "nothing": b"\x00" * 1000,
    "a list": b"[]",
    "a text": b'"x"',
    "none": b"null",
    "two": b"{}{}",
    "cut off": b'{"participant": "P07"',
    "no JSON": b"participant=P07",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("name", [name for name in ACTIONS if name not in ("boards/look", "session/undo")])
def test_a_body_that_is_no_request_is_refused_in_a_sentence(lab: LabServer, name: str, body: bytes) -> None:
    with asks(lab) as client:
        answer = client.post(f"/api/{name}", content=body, headers=PAGE)
    assert 400 <= answer.status_code < 500, answer.text
    refused_in_a_sentence(answer)


def refused_in_a_sentence(answer: httpx.Response) -> None:
    sentence = answer.json()["error"]
    assert len(sentence) > 10
    assert sentence.isprintable()
    assert len(sentence) < 600
    assert answer.headers["content-type"] == "application/json"


def test_a_body_that_is_too_large_is_refused_however_it_comes(lab: LabServer) -> None:
    with asks(lab) as client:
        told_length = client.post("/api/athlete", content=b" " * (MOST_BODY + 1), headers=PAGE)
        assert told_length.status_code == 413
        pieces = (b" " * 50_000 for _ in range(20))
        assert client.post("/api/athlete", content=pieces, headers=PAGE).status_code == 413
        lied = client.post("/api/athlete", content=iter([b"{}"]), headers={**PAGE, "content-length": "2"})
        assert lied.status_code == 400
    for length in (b"-1", b"1e9", b"99999999999999999999", b"0x10", b"1, 2", b"\xb2"):
        answer = raw(lab, POSTED + b"content-length: " + length + b"\r\n\r\n{}")
        assert re.match(rb"HTTP/1.1 4\d\d ", answer), answer


def raw(lab: LabServer, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port_of(lab)), timeout=PATIENCE_S) as there:
        there.sendall(sent)
        return there.recv(65536)


ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**63, 10**400, 1e308, -0.5, "", " ", "x", "x" * 100_000, "\x00", "\x1b[2J", "\u202e",
    HOSTILE, "../../etc/passwd", "..\\..", "/etc/passwd", "C:\\", "P07/../..", "\ud800", "ses-01", "sub-P07", "'; DROP",
    [], [1], ["acl"], [[[[]]]], {}, {"a": 1}, {"__proto__": {}}, ["x"] * 1000, "{{7*7}}", "${7*7}", "%s%n", "1e5",
)  # fmt: skip
FIELDS: dict[str, dict[str, Any]] = {
    "step": {"step": "participant", "participant": "P07"},
    "session/start": {"participant": "P07", "protocol": "drop_jump", "n_trials": 1, "box_height_m": 0.3, "mass_kg": 70,
                      "conditions": "flat", "order": "given", "operator": "RT", "note": "n", "continue": "",
                      "accept_clean": True, "max_duration_s": 60, "lsl": False},
    "session/command": {"kind": "note", "text": "x"},
    "session/undo": {},
    "athlete": {"participant": "P07", "new": True, "sure": True, "mass_kg": 70, "prior_injury": "acl",
                "prior_injury_side": "left", "prior_injury_reconstructed": "yes"},
    "calibration/start": {"kind": "plate", "masses_kg": [5, 10], "mass_sd_pct": 0.1, "temperature_c": 21,
                          "operator": "RT", "heel_medial_mm": 0, "heel_anterior_mm": -130, "toe_out_deg": 5,
                          "note": "n", "corner_mm": 110, "quick": True, "common_scale": False, "mode_hz": 130,
                          "bench_laws": True, "side": "both", "device_id": "PLT"},
    "calibration/command": {"kind": "go"},
    "boards/look": {},
    "report/make": {"participant": "P07", "session": "01"},
    "screening/save": {"participant": "P07", "session": "01", "entries": {"lunge_left_cm": "12"}, "by": "RT"},
}  # fmt: skip
"""Of every action: a request that is meant, of which one field after the other is spoilt."""


def test_every_action_is_tried_with_what_nobody_means() -> None:
    assert set(FIELDS) == set(ACTIONS), "an action was added: say here which fields it has"


@pytest.mark.parametrize(("name", "field"), [(name, field) for name, fields in FIELDS.items() for field in fields])
def test_a_field_of_another_kind_is_refused_in_a_sentence(lab: LabServer, folder: Path, name: str, field: str) -> None:
    before = everything_below(folder.parent)
    with asks(lab) as client:
        for odd in ODD:
            body = json.dumps({**FIELDS[name], field: odd})
            answer = client.post(f"/api/{name}", content=body, headers=PAGE)
            assert answer.status_code < 500, (odd, answer.text)
            if answer.status_code >= 400:
                refused_in_a_sentence(answer)
            elif name.endswith(("start", "look")):
                idle(lab)
    assert everything_below(folder.parent) == before, "nothing is written where nothing was recorded"


def everything_below(root: Path) -> dict[str, bytes]:
    """Every file below a folder and what it holds, but locks, which come and go."""
    found = (Path(parent) / file for parent, _, files in os.walk(root) for file in files)
    return {str(file): file.read_bytes() for file in found if file.suffix != ".lock"}


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=400),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def asking(lab: LabServer) -> Iterator[httpx.Client]:
    with asks(lab) as client:
        yield client


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data(), name=st.sampled_from(sorted(name for name in FIELDS if FIELDS[name])))
def test_no_request_whatever_is_in_it_breaks_the_server(asking: httpx.Client, name: str, data: st.DataObject) -> None:
    fields = data.draw(st.dictionaries(st.sampled_from(sorted(FIELDS[name])), VALUES, max_size=4))
    answer = asking.post(f"/api/{name}", content=json.dumps({**FIELDS[name], **fields}), headers=PAGE)
    assert answer.status_code < 500, answer.text
    assert answer.status_code < 400 or answer.json()["error"]


@pytest.mark.parametrize(
    "participant", ["../P01", "..", "P07/..", "/etc", "P 07", "sub-P07", "P07\x00", "P" * 21, "é", "."]
)
def test_no_pseudonym_leads_out_of_the_dataset(lab: LabServer, folder: Path, participant: str) -> None:
    idle(lab)
    with asks(lab) as client:
        for name, body in (("athlete", {"new": True}), ("step", {"step": "protocol"}),
                           ("session/start", {"protocol": "drop_jump"}),
                           ("session/start", {"continue": "01"})):  # fmt: skip
            answer = client.post(f"/api/{name}", json={**body, "participant": participant}, headers=PAGE)
            assert answer.status_code == 400, (name, answer.text)
    assert sorted(path.name for path in folder.parent.iterdir()) == ["secret.toml", "study"]
    assert not list(folder.glob("sub-*"))


@pytest.mark.parametrize("label", ["../01", "..", "01/../../..", "/", "%2e%2e", "01\x00", HOSTILE])
def test_no_session_label_or_protocol_leads_to_a_file(lab: LabServer, folder: Path, label: str) -> None:
    idle(lab)
    with asks(lab) as client:
        goes_on = client.post("/api/session/start", json={"participant": "P07", "continue": label}, headers=PAGE)
        assert goes_on.status_code == 400
        for protocol in (label, str(folder.parent / "secret.toml"), "../secret.toml", "secret.TOML"):
            asked = {"participant": "P07", "protocol": protocol}
            answer = client.post("/api/session/start", json=asked, headers=PAGE)
            assert answer.status_code == 400
            assert "name = 'secret'" not in answer.text


@pytest.mark.parametrize(
    "path", ["/static/../routes.py", "/static/%2e%2e/routes.py", "/static/..%2froutes.py",
             "/static/%2e%2e%2f%2e%2e%2fsecret",
             "/static//etc/passwd", "/static/%2fetc%2fpasswd", "/static/..%5c..%5croutes.py", "/static/%00", "/static/",
             "/static/steps/", "/static/steps", "/..%2f..%2fetc/passwd", "/session/P07/01/../../../secret.toml",
             "/session/..%2f..%2fsecret.toml", "/api/../secret", "/docs", "/.git/config"],
)  # fmt: skip
def test_no_path_leads_out_of_the_static_folder(lab: LabServer, path: str) -> None:
    answer = raw(lab, f"GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n".encode())
    assert re.match(rb"HTTP/1.1 (404|400|405) ", answer), answer[:200]


# What every answer carries


def test_every_answer_is_marked_as_safe(lab: LabServer) -> None:
    with asks(lab) as client:
        answers = [
            *(client.get(path) for path in ("/", "/api/state", "/static/main.js", "/nothing", "/static/nothing")),
            client.get("/", headers={"host": "evil.example"}), client.head("/"), client.get("/api/step"),
            client.post("/api/step", headers=PAGE, json={}),
            client.post("/api/step", headers=PAGE, content=b"x" * 300_000),
        ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [200, 200, 200, 404, 404, 403, 200, 405, 400, 413]
    for answer in answers:
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert "server" not in answer.headers
    rules = dict(rule.split(" ", 1) for rule in POLICY.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'", "no inline script, no eval"
    assert (rules["base-uri"], rules["frame-ancestors"]) == ("'none'", "'self'")
    assert not any(word.startswith(("http:", "https:", "*")) for rule in rules.values() for word in rule.split())


@pytest.mark.parametrize("path", ["/api/state", "/api/screening/P07/page", "/session/P07/01/session.zip", "/"])
@pytest.mark.parametrize("kind", ["image", "iframe", "script", "empty"])
def test_what_another_site_embeds_makes_the_lab_do_nothing(lab: LabServer, path: str, kind: str) -> None:
    with asks(lab) as client:
        told = client.get(path, headers={"sec-fetch-site": "cross-site", "sec-fetch-dest": kind})
        assert told.status_code == 403
        own = client.get("/", headers={"sec-fetch-site": "cross-site", "sec-fetch-dest": "document"})
        assert own.status_code == 200, "a link in a mail leads in"


# Sockets


def test_the_state_names_no_page(lab: LabServer) -> None:
    """Whoever knew the name of the page that drives could press its buttons."""
    with listens(lab, "first-page-0001") as one, listens(lab, "second-page-002") as other:
        for page in (one, other):
            text = json.dumps(told(page))
            assert "first-page-0001" not in text
            assert "second-page-002" not in text
        with asks(lab) as client:
            assert "-page-00" not in client.get("/api/state").text


def test_one_page_drives_and_the_others_are_refused_until_they_take_over(lab: LabServer) -> None:
    driving, watching = ({**PAGE, "x-client": name} for name in ("driving-0001", "watching-0002"))
    with ExitStack() as stack:
        client, one = stack.enter_context(asks(lab)), stack.enter_context(listens(lab, "driving-0001"))
        told(one, lambda state: state["n_pages"] == 1)  # a socket that was cut off is given ten seconds to close
        other = stack.enter_context(listens(lab, "watching-0002"))
        told(one, lambda state: bool(state["drives"]))
        idle(lab)
        assert client.post("/api/step", headers=driving, json={"step": "boards"}).status_code == 200
        told(other, lambda state: not state["drives"])
        for name in ACTIONS:
            answer = client.post(f"/api/{name}", headers=watching, json=FIELDS[name])
            assert answer.status_code == 409, name
            assert "take over" in answer.json()["error"]
        stranger = client.post("/api/wheel/take", headers={**PAGE, "x-client": "nobody-0003"})
        assert stranger.status_code == 409, "a page that is not open drives nothing"
        assert client.post("/api/wheel/take", headers=watching).status_code == 200
        told(one, lambda state: not state["drives"])
        told(other, lambda state: bool(state["drives"]))
        assert client.post("/api/step", headers=driving, json={"step": "boards"}).status_code == 409
        idle(lab)
        assert client.post("/api/step", headers=watching, json={"step": "boards"}).status_code == 200
        other.close()
        told(one, lambda state: bool(state["drives"]))  # after some seconds the wheel is anybody's
        assert client.post("/api/step", headers=driving, json={"step": "boards"}).status_code == 200


@pytest.mark.parametrize(
    "said", ["", "x", "[]", "null", "1", "{}", '{"type": "ping"}', '{"type": "ping", "t": "x"}',
             '{"type": "ping", "t": {}}',
             '{"type": "state"}', "[" * 1900, "x" * 3000, "9" * 1900, b"", b"\x00\xff\xfe", b'{"type": "ping", "t": 1}',
             b"\x01" * 3000],
)  # fmt: skip
def test_what_no_page_says_ends_the_socket_and_nothing_else(lab: LabServer, said: str | bytes) -> None:
    with listens(lab) as page:
        told(page)
        page.send(said)
        ended(page)
    with listens(lab) as page:
        assert told(page)["step"]


def test_a_message_without_end_is_cut_off(lab: LabServer) -> None:
    with listens(lab, max_size=None) as page:
        with suppress(ConnectionClosed):
            for _ in range(40):
                page.send("x" * 1_000_000)
        ended(page)
        assert page.close_code in (1009, 1006)


@pytest.mark.parametrize("t", ["1e400", "NaN", "-0", "1", "9" * 300])
def test_a_ping_is_answered_or_ended(lab: LabServer, t: str) -> None:
    with listens(lab) as page:
        page.send(f'{{"type": "ping", "t": {t}}}')
        try:
            while True:
                said = page.recv(timeout=PATIENCE_S)
                message = json.loads(said) if isinstance(said, str) else {}  # bytes: the live signals
                if message.get("type") == "pong":
                    assert math.isfinite(message["t"]), "what is answered must be JSON"
                    break
        except ConnectionClosed:
            assert t != "1"


def test_a_page_that_goes_in_mid_sentence_is_no_fault_of_the_server(lab: LabServer) -> None:
    """A tablet at the edge of its network; the fixture of the server looks for tracebacks."""
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", port_of(lab)), timeout=PATIENCE_S) as there:
            there.sendall(POSTED + b"content-length: 100\r\n\r\n{")
    with asks(lab) as client:
        assert client.get("/api/state").status_code == 200


def test_pages_are_counted(lab: LabServer) -> None:
    with listens(lab, "waits-for-the-others") as page:
        told(page, lambda state: state["n_pages"] == 1)  # a socket that was cut off is given ten seconds to close
    with ExitStack() as stack:
        pages = [stack.enter_context(listens(lab, f"page-number-{k:04d}")) for k in range(MOST_PAGES)]
        told(pages[-1], lambda state: state["n_pages"] == MOST_PAGES)
        with pytest.raises((ConnectionClosed, InvalidStatus)), listens(lab, "one-too-many") as page:
            page.recv(timeout=PATIENCE_S)
        pages[0].close()
        told(pages[-1], lambda state: state["n_pages"] == MOST_PAGES - 1)
        with listens(lab, "now-there-is-room") as page:
            told(page)


@pytest.mark.slow
def test_those_who_never_finish_their_sentence_do_not_keep_others_out(lab: LabServer) -> None:
    """Slow loris: many connections that say a little and wait would take the files that a recording needs."""
    port = port_of(lab)
    if os.name != "posix" or not Path(f"/proc/{lab.process.pid}/fd").is_dir():
        pytest.skip("open files of a process are counted by /proc")
    with ExitStack() as stack:
        slow = []
        for k in range(MOST_CONNECTIONS + 50):
            there = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S))
            said = (b"", b"GET / HT", POSTED + b"content-length: 100\r\n\r\n{")[k % 3]
            try:
                there.sendall(said)
            except OSError:
                continue
            slow.append(there)
        began = time.monotonic()
        assert n_open(lab) < MOST_CONNECTIONS + 60
        for there in slow:
            try:
                while there.recv(4096):
                    pass
            except ConnectionError:
                pass
        assert time.monotonic() - began < PATIENCE_S + FIRST_WORDS_S
    with asks(lab) as client:
        assert client.get("/api/state").status_code == 200
    assert lab.process.poll() is None


def n_open(lab: LabServer) -> int:
    folder = Path(f"/proc/{lab.process.pid}/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


@pytest.mark.parametrize(
    "said", [b"\x16\x03\x01\x02\x00\x01\x00", b"\r\n" * 10, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x00" * 5000,
             b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 20_000 + b"\r\n",
             b"GET / HTTP/1.1\r\nhost: localhost\r\nhost: evil.example\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n",
             b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"],
)  # fmt: skip
def test_what_is_no_http_is_turned_away(lab: LabServer, said: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port_of(lab)), timeout=PATIENCE_S) as there:
        try:
            there.sendall(said)
            answer = there.recv(4096)
        except ConnectionError:
            answer = b""
    assert answer == b"" or re.match(rb"HTTP/1.1 4\d\d ", answer), answer[:100]
    with asks(lab) as client:
        assert client.get("/api/state").status_code == 200

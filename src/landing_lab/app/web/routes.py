"""The addresses of the lab page; each does one thing to the lab and answers in JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

import landing_lab
from landing_lab.app.web.door import Door, Guard
from landing_lab.app.web.entered import text_of
from landing_lab.app.web.forms import session_wanted
from landing_lab.app.web.lab import Lab, Step
from landing_lab.app.web.refusals import answered, refused
from landing_lab.app.web.review import Review
from landing_lab.app.web.routes_files import FILE_ACTIONS, file_routes
from landing_lab.app.web.routes_flow import FLOW_ACTIONS, Action
from landing_lab.app.web.routes_review import review_actions, review_routes
from landing_lab.app.web.routes_screening import SCREENING_ACTIONS, screening_routes
from landing_lab.app.web.sockets import NewestState, serve_page
from landing_lab.errors import ParameterError
from landing_lab.io.dataset_names import check_pseudonym

CLIENT: Final = re.compile(r"[A-Za-z0-9-]{8,64}")

CHOSEN: Final[tuple[Step, ...]] = ("boards", "participant", "protocol", "summary", "screening")
"""Steps that a page may go to by itself; recording leads to the others."""


def _look(lab: Lab, _asked: Mapping[str, Any]) -> None:
    if lab.job != "look":  # a second click asks for what is being done
        lab.find_boards()


def _step(lab: Lab, asked: Mapping[str, Any]) -> None:
    wanted = text_of(asked, "step")
    step = next((one for one in CHOSEN if one == wanted), None)
    if step is None:
        raise ParameterError("there is no such step; choose boards, participant, protocol, summary or screening")
    participant = text_of(asked, "participant", default="")
    if participant:
        check_pseudonym(participant)
    lab.choose(step, participant=participant)


def _start(lab: Lab, asked: Mapping[str, Any]) -> None:
    lab.start_session(session_wanted(lab, asked))


def _command(lab: Lab, asked: Mapping[str, Any]) -> None:
    lab.command(text_of(asked, "kind"), text_of(asked, "text", default=""))


ACTIONS: Final[Mapping[str, Action]] = {
    "boards/look": _look,
    "step": _step,
    "session/start": _start,
    "session/command": _command,
    **FLOW_ACTIONS,
    **SCREENING_ACTIONS,
    **FILE_ACTIONS,
}
"""What a page may do; only the one that drives may. Each is POST /api/<name> with a JSON object."""


def make_app(lab: Lab, door: Door) -> ASGIApp:
    """The ASGI application of one lab, behind its door."""
    newest = NewestState(lab)

    async def home(_request: Request) -> Response:
        return HTMLResponse(_page())

    async def state(_request: Request) -> Response:
        return JSONResponse(lab.state())

    async def socket(web: WebSocket) -> None:
        client = web.query_params.get("client", "")
        if not CLIENT.fullmatch(client):
            await web.close(4400)
            return
        await serve_page(web, newest, client, drove=web.query_params.get("drove") == "1")

    async def take(request: Request) -> Response:
        client = request.headers.get("x-client", "")
        if not CLIENT.fullmatch(client):
            return refused("the page does not say who it is; reload it", 400)
        if not lab.wheel.is_here(client):
            return refused("only a page that is open can take over; reload it", 409)
        lab.wheel.take(client)
        lab.changed()
        return JSONResponse({})

    review = Review(lab)
    actions = {**ACTIONS, **review_actions(review)}
    routes: list[BaseRoute] = [
        Route("/", home),
        Route("/api/state", state),
        Route("/api/wheel/take", take, methods=["POST"]),
        *(Route(f"/api/{name}", _post(lab, action), methods=["POST"]) for name, action in actions.items()),
        *review_routes(review),
        WebSocketRoute("/live", socket),
        *screening_routes(lab),
        *file_routes(lab),
        Mount("/static", StaticFiles(directory=static_folder())),
    ]
    return Guard(Starlette(routes=routes), door)  # outermost: an answer to a fault of ours is marked as well


def static_folder() -> Path:
    """Where the scripts and styles of the page lie."""
    return Path(str(files("landing_lab.app.web"))) / "static"


def _page() -> str:
    from jinja2 import Environment, PackageLoader

    templates = Environment(loader=PackageLoader("landing_lab.app.web"), autoescape=True)
    return templates.get_template("page.html.j2").render(version=landing_lab.__version__)


def _post(lab: Lab, action: Action) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        client = request.headers.get("x-client", "")
        if not CLIENT.fullmatch(client):
            return refused("the page does not say who it is; reload it", 400)
        if not lab.wheel.may(client):
            return refused("another browser drives; take over first", 409)
        return await answered(done(request))

    async def done(request: Request) -> Response:
        told = await run_in_threadpool(action, lab, _object(await request.body()))
        return JSONResponse(told if isinstance(told, dict) else {})

    return answer


def _object(body: bytes) -> Mapping[str, Any]:
    """The JSON object of a request. Raises ParameterError where it is none."""
    try:
        asked = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise ParameterError("the request is no JSON; reload the page") from error
    if not isinstance(asked, dict):
        raise ParameterError("the request is no JSON object; reload the page")
    return asked

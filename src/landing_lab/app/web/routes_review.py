"""The addresses of the review: GET for everybody who may come in, POST for the page that drives; Bokeh's scripts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from landing_lab.app.web.refusals import answered, refused
from landing_lab.app.web.review import Review
from landing_lab.app.web.routes_flow import Action

BOKEH_FILES: Final = ("bokeh.min.js",)
"""What a page may load of Bokeh; everything else of its folder stays closed."""
A_DAY: Final = "private, max-age=86400"

Work = Callable[[Mapping[str, Any]], dict[str, object]]
Answer = Callable[[Mapping[str, Any]], Awaitable[dict[str, object]]]


def review_routes(review: Review) -> list[BaseRoute]:
    """What a page may look at."""
    listed: dict[str, Work] = {"people": review.people, "session": review.session, "report": review.report}
    computed: dict[str, Work] = {
        "trial": review.trial,
        "threshold": review.threshold,
        "compare": review.compare,
        "pressure": review.pressure,
        "raw": review.raw,
        "contrast": review.contrast,
        "contrast_picture": review.contrast_picture,
    }
    answers: dict[str, Answer] = {name: _in_pool(work) for name, work in listed.items()}
    answers |= {name: partial(review.run, work) for name, work in computed.items()}
    looked = [Route(f"/api/review/{name}", _get(answer)) for name, answer in answers.items()]
    return [*looked, Route("/bokeh/{name}", _bokeh)]


def review_actions(review: Review) -> dict[str, Action]:
    """What the page that drives may do; name -> what answers its JSON object."""
    return {
        "review/move": lambda _lab, asked: review.now(review.move, asked),
        "review/withdraw": lambda _lab, asked: review.now(review.take_back, asked),
    }


def _in_pool(work: Work) -> Answer:
    """Work that only lists: it waits for no analysis."""

    async def answer(asked: Mapping[str, Any]) -> dict[str, object]:
        return await run_in_threadpool(work, asked)

    return answer


def _get(made: Answer) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        # only our own scripts can send this header, so no page of another site can make the lab compute
        if request.headers.get("x-landing-lab") != "1":
            return refused("the request does not come from the lab page", 403)
        return await answered(done(request))

    async def done(request: Request) -> Response:
        return JSONResponse(await made(dict(request.query_params)))

    return answer


async def _bokeh(request: Request) -> Response:
    name = request.path_params["name"]
    folder = bokeh_folder()
    if name not in BOKEH_FILES or folder is None:
        return PlainTextResponse("no such script", 404)
    return FileResponse(folder / name, media_type="text/javascript", headers={"cache-control": A_DAY})


def bokeh_folder() -> Path | None:
    """Where the installed Bokeh keeps its scripts; None without Bokeh."""
    found = find_spec("bokeh")
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "server" / "static" / "js"

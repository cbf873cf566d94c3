"""The addresses of the screening: its form, what is stored, and the result as `landing-lab screen` gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from landing_lab.app.record.on_disk import can_report
from landing_lab.app.web.lab import BusyError, Lab
from landing_lab.app.web.refusals import answered
from landing_lab.app.web.routes_flow import Action
from landing_lab.app.web.screening import form_of, newest_session, save_form, screened

PAPER: Final = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)
"""Of pages that this package wrote to be read: their own styles and pictures, no script, no address of this server."""


def _save(lab: Lab, asked: Mapping[str, Any]) -> dict[str, object]:
    told = save_form(lab.dataset, asked)
    if not told["wrong"]:
        told["report"] = can_report(newest_session(lab.dataset, str(asked.get("participant", ""))).path)
    lab.look_into_dataset()
    lab.changed()
    return told


SCREENING_ACTIONS: Final[Mapping[str, Action]] = {"screening/save": _save}


def screening_routes(lab: Lab) -> list[BaseRoute]:
    """GET /api/screening/<participant>/form and /result, and the page of the result."""

    def page(participant: str) -> Response:
        from landing_lab.report.screening_page import screening_page

        text = screening_page(screened(lab.dataset, participant))
        return HTMLResponse(text.encode("utf-8", errors="replace"), headers={"content-security-policy": PAPER})

    def result(participant: str) -> Response:
        from landing_lab.io.write import json_text

        return Response(json_text(screened(lab.dataset, participant).document()), media_type="application/json")

    def form(participant: str) -> Response:
        return JSONResponse(form_of(lab.dataset, participant))

    paths = {"form": form, "result": result, "page": page}
    return [Route(f"/api/screening/{{participant}}/{name}", _get(lab, make)) for name, make in paths.items()]


def _get(lab: Lab, make: Callable[[str], Response]) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        return await answered(done(request))

    async def done(request: Request) -> Response:
        if lab.job in ("record", "calibrate"):  # a recording has the machine for itself
            raise BusyError("the boards are being recorded; the screening can be opened once that is over")
        return await run_in_threadpool(make, request.path_params["participant"])

    return answer

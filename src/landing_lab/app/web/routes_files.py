"""The addresses of a session's files: what is on disk, to be seen or to be taken along; and the report made anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from landing_lab.app.processes.aside import made_aside
from landing_lab.app.record.on_disk import order_on_disk
from landing_lab.app.record.report import write_session_report
from landing_lab.app.web.entered import text_of
from landing_lab.app.web.lab import BusyError, Lab
from landing_lab.app.web.refusals import answered
from landing_lab.app.web.routes_flow import Action
from landing_lab.app.web.routes_screening import PAPER
from landing_lab.app.web.session_files import files_there, session_file, session_folder, zipped
from landing_lab.report.pdf import MISSING, can_write_pdf

PDF_POLICY: Final = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""A browser shows a PDF by a page of its own making."""
NOTHING: Final = "default-src 'none'; sandbox"
POLICIES: Final = {"text/html; charset=utf-8": PAPER, "application/pdf": PDF_POLICY}
TAKEN_ALONG: Final = ("text/csv; charset=utf-8", "application/json")
"""Kinds that are saved rather than shown."""


def _make_report(lab: Lab, asked: Mapping[str, Any]) -> dict[str, object]:
    """Make the report of a session anew, with what was entered since."""
    if lab.job == "record":
        raise BusyError("a session is being recorded; make the report once that is over")
    folder = session_folder(lab.dataset, text_of(asked, "participant"), text_of(asked, "session"))
    if folder.live:
        raise BusyError("another program is at this session; wait until it has ended")
    made_aside(write_session_report, order_on_disk(folder.path))
    return {"files": files_there(folder)}


FILE_ACTIONS: Final[Mapping[str, Action]] = {"report/make": _make_report}


def file_routes(lab: Lab) -> list[BaseRoute]:
    """GET /session/<participant>/<session>/<name>, session.zip among the names, and the list of what is there."""

    def one(request: Request) -> Response:
        where = request.path_params
        found = session_file(lab.dataset, where["participant"], where["session"], where["name"])
        kind = "attachment" if found.media_type in TAKEN_ALONG or "download" in request.query_params else "inline"
        headers = {
            "content-disposition": f'{kind}; filename="{found.download}"',
            "content-security-policy": POLICIES.get(found.media_type, NOTHING),
        }
        return Response(found.content, media_type=found.media_type, headers=headers)

    def archive(request: Request) -> Response:
        where = request.path_params
        folder = session_folder(lab.dataset, where["participant"], where["session"])
        pieces: Iterator[bytes] = zipped(folder, raw=request.query_params.get("raw") == "1")
        name = f"sub-{folder.participant}_ses-{folder.label}.zip"
        headers = {"content-disposition": f'attachment; filename="{name}"', "content-security-policy": NOTHING}
        return StreamingResponse(pieces, media_type="application/zip", headers=headers)

    def listed(request: Request) -> Response:
        where = request.path_params
        folder = session_folder(lab.dataset, where["participant"], where["session"])
        told = {"files": files_there(folder), "folder": str(folder.path), "no_pdf": "" if can_write_pdf() else MISSING}
        return JSONResponse(told)

    place = "/session/{participant}/{session}"
    return [
        Route(f"{place}/session.zip", _found(archive)),
        Route(f"{place}/{{name}}", _found(one)),
        Route("/api/files/{participant}/{session}", _found(listed)),
    ]


def _found(make: Callable[[Request], Response]) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        return await answered(run_in_threadpool(make, request))

    return answer

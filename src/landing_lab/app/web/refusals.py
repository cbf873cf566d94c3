"""How an error of the lab is answered: its sentence, and whether the page, the lab or the moment is to blame."""

from __future__ import annotations

from collections.abc import Awaitable

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from landing_lab.app.web.door import TooLargeError
from landing_lab.app.web.lab import BusyError
from landing_lab.app.web.page_words import on_page
from landing_lab.app.web.session_files import NotServedError
from landing_lab.errors import LandingLabError


def refused(why: str, status: int) -> Response:
    """A sentence with a status."""
    return JSONResponse({"error": why}, status)


async def answered(work: Awaitable[Response]) -> Response:
    """What work answers, or the sentence of what went wrong: nobody is shown a traceback."""
    try:
        return await work
    except LandingLabError as error:
        return refused(on_page(str(error)), _status(error))
    except TooLargeError:
        return refused("the request is too large", 413)
    except (ClientDisconnect, TimeoutError):  # the second an OSError too, but not of the disk
        return refused("the request did not come to its end", 408)
    except OSError as error:
        told = error.strerror or error
        return refused(f"this could not be read or written ({told}); look at the disk, then try again", 500)


def _status(error: LandingLabError) -> int:
    """404: not there; 409: the lab is at something else; 400: it cannot be; 500: a board or the disk failed."""
    if isinstance(error, NotServedError):
        return 404
    return 409 if isinstance(error, BusyError) else 400 if error.exit_code == 2 else 500

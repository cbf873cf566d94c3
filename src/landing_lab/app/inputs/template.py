"""The empty form: every field with its unit, range and purpose, for people (TOML) and for programs (JSON)."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from typing import Final

from landing_lab.analysis.inputs.fields import InputField, input_fields
from landing_lab.errors import ParameterError
from landing_lab.io.visible import quoted_path
from landing_lab.io.write import json_text, plain, stamped, write_whole

SCHEMA: Final = "landing-lab.input-fields/1"
_OPENING: Final = """\
# What landing-lab asks beside the sensors. Take away the "#" before a field that you fill in, and write the value
# behind the "=": numbers with a point (9.5), words in quotation marks ("left"), true or false. prior_injury is needed,
# all else may stay out. Then: landing-lab inputs set DATASET --participant ID --file THIS_FILE
"""


def run_template(file: Path | None, *, as_json: bool) -> int:
    """Write the form to a file or the terminal. Raises ParameterError where a file of that name is there."""
    text = json_text(stamped(SCHEMA, {"fields": plain(list(input_fields()))})) if as_json else template_text()
    if file is None:
        sys.stdout.write(text)
        return 0
    if file.exists():
        raise ParameterError(f"{quoted_path(str(file))} is there already and may be filled in; choose another name")
    write_whole(file, text.encode("utf-8"))
    print(
        f"Wrote {quoted_path(str(file))}: fill it in, then landing-lab inputs set DATASET --participant ID --file FILE"
    )
    return 0


def template_text() -> str:
    """The form as TOML in which every field is a comment."""
    lines, group, before = [_OPENING], "", ""
    for field in input_fields():
        if field.group != group:
            group = field.group
            lines += ["", f"# ---- {group} ----"]
        label = field.label.removesuffix(", left").removesuffix(", right")
        told = f"{label}: {_takes(field)}. {field.help}"
        if told != before:  # left and right share their words
            lines += ["", *textwrap.wrap(told, width=118, initial_indent="# ", subsequent_indent="#   ")]
        before = told
        lines.append(f"#{field.name} =")
    return "\n".join(lines) + "\n"


def _takes(field: InputField) -> str:
    needed = "needed; " if field.required else ""
    if field.kind != "choice":
        return needed + field.takes
    quoted = field.choices if field.name.startswith("less.") else tuple(f'"{one}"' for one in field.choices)
    meanings = [f" ({one})" for one in field.meanings] or [""] * len(quoted)
    return needed + ", ".join(f"{one}{meaning}" for one, meaning in zip(quoted, meanings, strict=True))

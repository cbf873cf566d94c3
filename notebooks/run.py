"""Notebooks from their sources: `execute` runs them all from scratch (make notebooks), `lab` opens them (make lab)."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
SOURCES = REPOSITORY / "notebooks"
EXECUTED = REPOSITORY / "build" / "notebooks"
STATE = REPOSITORY / "build" / "jupyter"
FOR_PEOPLE = REPOSITORY / "landing-lab-notebooks"
DATASETS = REPOSITORY / "build" / "datasets"
REFERENCE_DATA = REPOSITORY.parent / "shared" / "data"
MAKES_THE_STUDY = 'fetch_dataset("example")'
# One cell alone: far above what any needs on the busiest machine, so that only a cell that hangs meets it.
CELL_TIMEOUT_S = 1200


def sources(only: list[str] | None = None) -> list[Path]:
    """The notebooks' sources by number, or those whose names begin with one of `only`."""
    return [path for path in sorted(SOURCES.glob("[0-9][0-9]_*.py")) if not only or path.name.startswith(tuple(only))]


def build(source: Path, folder: Path) -> Path:
    """Write one source as a notebook without outputs."""
    import jupytext

    notebook = jupytext.read(source)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{source.stem}.ipynb"
    jupytext.write(notebook, target)
    return target


def environment() -> dict[str, str]:
    """Settings of Jupyter that depend on nothing in the home folder and name this very Python as the kernel.

    JUPYTER_PATH comes before every other place where kernels are looked for.
    """
    from ipykernel.kernelspec import get_kernel_dict

    kernel = STATE / "kernels" / "python3"
    kernel.mkdir(parents=True, exist_ok=True)
    described = get_kernel_dict()
    described["argv"] = [sys.executable, *described["argv"][1:], "--log-level=ERROR"]
    described["display_name"] = "Python 3"
    (kernel / "kernel.json").write_text(json.dumps(described), encoding="utf-8")
    folders = {
        "JUPYTER_CONFIG_DIR": STATE / "config",
        "JUPYTER_DATA_DIR": STATE / "data",
        "JUPYTER_RUNTIME_DIR": STATE / "runtime",
        "IPYTHONDIR": STATE / "ipython",
        "MPLCONFIGDIR": STATE / "matplotlib",
    }
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    return {
        **os.environ,
        **{name: str(folder) for name, folder in folders.items()},
        "JUPYTER_PATH": str(STATE),
        "JUPYTER_PLATFORM_DIRS": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # else the debugger of every kernel writes a warning to stderr
        "OPENBLAS_NUM_THREADS": os.environ.get("OPENBLAS_NUM_THREADS", "1"),
    }


def with_data(settings: dict[str, str]) -> dict[str, str]:
    """The same settings where datasets lie in build/, and real recordings where developers have them."""
    found = {"LANDING_LAB_DATA": str(DATASETS), **settings}
    if REFERENCE_DATA.is_dir():
        found.setdefault("LANDING_LAB_REFERENCE_DATA", str(REFERENCE_DATA))
    return found


def make_study(chosen: list[Path], settings: dict[str, str]) -> int:
    """Make the example study where a notebook asks for it: its progress belongs here, and its time to no notebook."""
    if not any(MAKES_THE_STUDY in source.read_text(encoding="utf-8") for source in chosen):
        return 0
    print("The example study: found, or made now ...", flush=True)
    command = [sys.executable, "-c", f"import landing_lab as ll; print(ll.{MAKES_THE_STUDY})"]
    return subprocess.run(command, cwd=REPOSITORY, env=settings, check=False).returncode


def execute(only: list[str], jobs: int) -> int:
    """Build notebooks anew and execute each in its own kernel; outputs are written into them."""
    chosen = sources(only)
    if not chosen:
        print(f"no notebook in {SOURCES} begins with {', '.join(only)}", file=sys.stderr)
        return 2
    if not only:
        for old in EXECUTED.glob("*.ipynb"):  # of a source that has another name now
            old.unlink()
    built = [build(source, EXECUTED) for source in chosen]
    settings = with_data(environment())
    if code := make_study(chosen, settings):
        return code
    # Once, here: kernels that start together would each build matplotlib's font cache, and say so in a page.
    subprocess.run([sys.executable, "-c", "import matplotlib.font_manager"], env=settings, check=True)
    command = [sys.executable, "-m", "pytest", "--quiet", "-p", "notebooks.rules", "-p", "no:cacheprovider"]
    command += ["--override-ini", "filterwarnings=default", "-n", str(jobs), "--dist", "worksteal"]
    command += ["--nbmake", "--overwrite", "--nbmake-kernel", "python3", "--nbmake-timeout", str(CELL_TIMEOUT_S)]
    return subprocess.run([*command, *map(str, built)], cwd=REPOSITORY, env=settings, check=False).returncode


def copies_for_people(folder: Path) -> None:
    """Put what is not there yet into the folder people work in; nothing there is ever written over.

    A notebook that `make notebooks` has executed comes with its outputs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for source in sources():
        own = folder / f"{source.stem}.ipynb"
        executed = EXECUTED / own.name
        if own.exists():
            if own.stat().st_mtime < source.stat().st_mtime:
                print(f"{own.name} is newer in notebooks/: your copy stays; rename or delete it to get the new one")
        elif executed.exists() and executed.stat().st_mtime >= source.stat().st_mtime:
            shutil.copyfile(executed, own)
        else:
            build(source, folder)


def lab(folder: Path, arguments: list[str]) -> int:
    """Serve JupyterLab on the notebooks until Ctrl-C."""
    copies_for_people(folder)
    page = STATE / "config" / "labconfig" / "page_config.json"
    settings = environment()
    page.parent.mkdir(parents=True, exist_ok=True)
    # Without the question about news, and without the requests to the network behind it.
    page.write_text(json.dumps({"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}))
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder.resolve()}"]
    command += [f"--LabApp.default_url=/lab/tree/{sources()[0].stem}.ipynb"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # as in containers; it listens on this computer only, with a token
    print(
        f"JupyterLab on {folder}; Ctrl-C twice ends it. Notebooks there are yours, nothing is written over.", flush=True
    )
    server = subprocess.Popen([*command, *arguments], env=settings)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's: it asks whether it is meant
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    return server.wait()


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    jobs = parser.add_subparsers(dest="job", required=True)
    executing = jobs.add_parser("execute", help="build and execute the notebooks from scratch")
    executing.add_argument("only", nargs="*", help="beginnings of names, such as 04; without: all")
    executing.add_argument("--jobs", type=int, default=2, help="notebooks at a time")
    opening = jobs.add_parser("lab", help="open the notebooks in JupyterLab; what follows goes to JupyterLab")
    opening.add_argument("--folder", type=Path, default=FOR_PEOPLE, help="where your copies of the notebooks are")
    known, rest = parser.parse_known_args()
    if known.job == "lab":
        return lab(known.folder, rest)
    if rest:
        parser.error(f"unknown: {' '.join(rest)}")
    return execute(known.only, known.jobs)


if __name__ == "__main__":
    sys.exit(main())

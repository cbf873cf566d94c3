"""Sphinx settings of the documentation. `make docs` builds it; see docs/make_site.py."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = next(one for one in Path(__file__).resolve().parents if (one / "pyproject.toml").is_file())
sys.path[:0] = [str(ROOT / "docs"), str(ROOT / "src"), str(ROOT / "drivers" / "host")]

import landing_lab  # noqa: E402

project = "landing-lab"
author = "The landing-lab founders"
project_copyright = f"{author}, MIT licence"
version = release = landing_lab.__version__
language = "en_GB"
smartquotes = False  # two hyphens of an option stay two

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx_design",
    "sphinx_copybutton",
    "docsite.terminal",
    "docsite.python_api",
]
exclude_patterns = ["_static/**", "extra/**"]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}

myst_enable_extensions = ["colon_fence", "deflist", "attrs_inline"]
myst_heading_anchors = 4
nb_execution_mode = "off"  # `make notebooks` has executed them
nb_ipywidgets_js: dict[str, object] = {}  # nothing is loaded from another host
nb_merge_streams = True
suppress_warnings = ["mystnb.unknown_mime_type"]
mathjax_path = "none.js"  # no page holds formulas that need it; docsite/built.py would find a page that does

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_type_aliases = {"ArrayLike": "ArrayLike", "FloatArray": "FloatArray"}
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 90
add_module_names = False
copybutton_selector = "div.highlight:not(.no-copy) pre"
copybutton_prompt_text = r"\$ |>>> "
copybutton_prompt_is_regexp = True

html_theme = "pydata_sphinx_theme"
html_title = "landing-lab"
html_static_path = ["_static"]
html_extra_path = ["extra"]
html_css_files = ["site.css"]
html_js_files: list[str] = []
html_favicon = "_static/mark.svg"
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "logo": {"text": f"landing-lab {release}", "image_light": "_static/mark.svg", "image_dark": "_static/mark.svg"},
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": ["theme-version"],
    "show_prev_next": True,
    "header_links_before_dropdown": 5,
}
html_sidebars = {"index": [], "search": [], "genindex": []}

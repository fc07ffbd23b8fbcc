"""Sphinx settings: `make docs`."""

import re

import lajvard

project = "Lajvard"
author = "Lajvard contributors"
copyright = "Lajvard contributors, Apache-2.0"
version = release = lajvard.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.mathjax", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_rtype = False

html_theme = "furo"
html_title = "Lajvard"
html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#1f3f8f", "color-brand-content": "#1f3f8f"},
    "dark_css_variables": {"color-brand-primary": "#8fb0ff", "color-brand-content": "#8fb0ff"},
}


def list_references(app, what, name, obj, options, lines):
    """Make the references of a docstring a list: footnotes of one name may not share a page."""
    for at, line in enumerate(lines):
        line = re.sub(r"^(\s*)\.\. \[(\d+)\] ", r"\1\2. ", line)
        lines[at] = re.sub(r"\[(\d+)\]_", r"[\1]", line)


def setup(app):
    """What Sphinx calls."""
    app.connect("autodoc-process-docstring", list_references)

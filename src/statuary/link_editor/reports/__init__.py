"""A report of links, one module for each way to say it."""

from __future__ import annotations

from statuary.link_editor.report import Report

FORMATS = {
    "json": "JSON",
    "sarif": "SARIF 2.1.0, with fixes",
    "junit": "JUnit's XML",
    "markdown": "Markdown for a pull request",
    "github": "annotations of GitHub's workflows",
}


def render(format: str, report: Report) -> str:
    """The report in a format of FORMATS."""
    # Loaded when needed
    match format:
        case "json":
            from statuary.link_editor.reports import document

            return document.render(report)
        case "sarif":
            from statuary.link_editor.reports import sarif

            return sarif.render(report)
        case "junit":
            from statuary.link_editor.reports import junit

            return junit.render(report)
        case "markdown":
            from statuary.link_editor.reports import markdown

            return markdown.render(report)
        case "github":
            from statuary.link_editor.reports import github

            return github.render(report)
    raise ValueError(f"there is no format {format!r}")

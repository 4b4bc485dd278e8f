"""JUnit's XML, which most programs that gather test results read: a test suite for each report, a case for each result.

The dialect is the common one of Jenkins, GitLab and the like. A SHOULD is no failure there: what a case has to say about
it is its output. What XML can't hold is shown as escapes.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from statuary.conformance.report import Report, Result
from statuary.conformance.reports.comparison import names
from statuary.conformance.reports.terminal import explained
from statuary.conformance.reports.wording import chapter, printable

_SKIPPED = ("not applicable", "inconclusive")


def render(reports: Sequence[Report]) -> str:
    """The document, with its XML declaration."""
    root = Element("testsuites", name="statuary check")
    for report, name in zip(reports, names(reports), strict=True):
        root.append(_suite(report, name))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(report: Report, name: str) -> Element:
    cases = [_case(one, name) for one in report.results]
    suite = Element(
        "testsuite",
        name=name,
        timestamp=printable(report.date).removesuffix("Z"),
        time=f"{report.seconds:.3f}",
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        errors=str(sum(case.find("error") is not None for case in cases)),
        skipped=str(sum(case.find("skipped") is not None for case in cases)),
    )
    told = {"url": report.url, "version": report.version, "statuary": report.statuary, **report.options}
    properties = SubElement(suite, "properties")
    for key, value in told.items():
        SubElement(properties, "property", name=printable(key), value=printable(value))
    suite.extend(cases)
    if report.unused_waivers:
        SubElement(suite, "system-err").text = "\n".join(f"waiver: {printable(one)}" for one in report.unused_waivers)
    return suite


def _case(one: Result, subject: str) -> Element:
    group = f"{subject}.{printable(chapter(one))}"
    case = Element("testcase", classname=group, name=printable(one.id), time=f"{one.seconds:.3f}")
    message = printable(one.detail or one.title)
    if one.waived is not None:
        SubElement(case, "skipped", message=f"waived: {printable(one.waived)}")
    elif one.verdict == "fail":
        SubElement(case, "failure", message=message, type=one.breaks or "fail").text = explained(one)
    elif one.verdict == "harness error":
        SubElement(case, "error", message=message, type="harness error").text = explained(one)
    elif one.verdict in _SKIPPED:
        SubElement(case, "skipped", message=f"{one.verdict}: {message}")
    elif one.is_violation:
        SubElement(case, "system-out").text = explained(one)
    return case

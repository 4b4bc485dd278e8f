"""JUnit's XML: a test suite for each file, a case for each of its links."""

from __future__ import annotations

from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from statuary.conformance.reports.wording import printable
from statuary.link_editor.report import Report, Result


def render(report: Report) -> str:
    """The document, with its XML declaration."""
    root = Element("testsuites", name="statuary links")
    for file, results in groupby(report.results, key=lambda one: one.file):
        cases = [_case(one) for one in results]
        suite = SubElement(
            root,
            "testsuite",
            name=printable(file),
            tests=str(len(cases)),
            failures=str(sum(case.find("failure") is not None for case in cases)),
            errors="0",
            skipped=str(sum(case.find("skipped") is not None for case in cases)),
        )
        suite.extend(cases)
    for name, why in report.unread:
        suite = SubElement(root, "testsuite", name=printable(name), tests="1", failures="0", errors="1", skipped="0")
        case = SubElement(suite, "testcase", classname=printable(name), name="read")
        SubElement(case, "error", message=printable(why), type="not read")
    for total in ("tests", "failures", "errors", "skipped"):
        root.set(total, str(sum(int(suite.get(total, "0")) for suite in root)))
    if report.unused_waivers:
        said = "\n".join(f"unused waiver: {printable(one)}" for one in report.unused_waivers)
        SubElement(SubElement(root, "testsuite", name="waivers", tests="0"), "system-out").text = said
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _case(one: Result) -> Element:
    name = printable(f"{one.line}:{one.column} {one.link.url}")
    case = Element("testcase", classname=printable(one.file), name=name, file=printable(one.file), line=str(one.line))
    why = printable(one.verdict.why)
    if one.waived is not None:
        SubElement(case, "skipped", message=f"waived: {printable(one.waived)}")
    elif one.verdict.kind == "unchecked":
        SubElement(case, "skipped", message=why)
    elif one.is_to_do:
        SubElement(case, "failure", message=why, type=one.verdict.kind)
    return case

"""What the RFCs demand, in our words: every normative statement of RFC 9110, 9111 and 9112, of the RFCs that extend
them with status codes, and what RFC 2616 asked for and its successors dropped or changed.

The rows are in one module for each document and are read when first asked for. docs/corrections.md records where they
were corrected and against what.
"""

from __future__ import annotations

from statuary.status.fact import Fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import TypeAlias

    Row: TypeAlias = tuple[str, str, tuple[str, ...], tuple[int | str, ...], str, str, str]

__all__ = ["MODULES", "Requirement", "lookup", "of_code"]  # and all(), which would hide the builtin where it is starred

MODULES = ("rfc9110", "rfc9111", "rfc9112", "extensions", "rfc2616")


class Requirement(Fact):
    """One requirement.

    id          ``rfc9110-15.3.7-3``: the third BCP 14 keyword of that section; ``-s1`` is the first rule of the section
                that is stated without one. Ids are stable.
    level       the BCP 14 word, or ``STATED``
    binds       ``origin``, ``client``, ``proxy``, ``gateway``, ``cache``, ``sender``, ``recipient``
    codes       the status codes it concerns, directly or through its mechanism; a class is ``"4xx"``
    paraphrase  one line in our words; the RFC decides where it is too short
    testable    ``server-probe``, ``client-probe``, ``proxy-probe``, ``message``, or ``no``: not visible on the wire
    mechanism   the part of HTTP that it belongs to, such as ``range`` or ``framing``
    same_as     id of an earlier row with the same requirement, or None
    fate        rows of RFC 2616: ``dropped``, ``weakened``, ``changed``, ``restated``; else None
    successor   rows of RFC 2616: the section that covers the matter now, as ``rfc9110-10.1.1``, or None
    secondary   taken from quotations of the RFC, not from the RFC itself
    """

    __slots__ = (
        "binds",
        "codes",
        "fate",
        "id",
        "level",
        "mechanism",
        "paraphrase",
        "same_as",
        "secondary",
        "section",
        "spec",
        "successor",
        "testable",
    )
    id: str
    spec: str
    section: str
    level: str
    binds: tuple[str, ...]
    codes: tuple[int | str, ...]
    paraphrase: str
    testable: str
    mechanism: str
    same_as: str | None
    fate: str | None
    successor: str | None
    secondary: bool

    def __init__(
        self,
        id: str,
        level: str,
        binds: tuple[str, ...],
        codes: tuple[int | str, ...],
        paraphrase: str,
        testable: str,
        mechanism: str,
        *,
        same_as: str | None = None,
        fate: str | None = None,
        successor: str | None = None,
        secondary: bool = False,
    ) -> None:
        spec, section, _ = id.rsplit("-", 2)
        self._fill(
            id=id,
            spec=spec,
            section=section,
            level=level,
            binds=binds,
            codes=codes,
            paraphrase=paraphrase,
            testable=testable,
            mechanism=mechanism,
            same_as=same_as,
            fate=fate,
            successor=successor,
            secondary=secondary,
        )

    @property
    def is_observable(self) -> bool:
        """Whether it can be seen on the wire."""
        return self.testable != "no"

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"<Requirement {self.id} {self.level}>"


_rows: dict[str, dict[str, Row]] = {}


def lookup(id: str) -> Requirement:
    """The requirement with this id; KeyError where there is none."""
    spec = id.partition("-")[0]
    module = spec if spec in MODULES else "extensions"
    return _requirement(module, _rows_of(module)[id])


def of_code(code: int | str) -> tuple[Requirement, ...]:
    """The requirements that name a status code, or that name a class: ``of_code("4xx")``.

    Rows of the class are not repeated for each of its codes.
    """
    return tuple(_requirement(module, row) for module in MODULES for row in _rows_of(module).values() if code in row[3])


def all() -> tuple[Requirement, ...]:
    """Every requirement, by document and in its order."""
    return tuple(_requirement(module, row) for module in MODULES for row in _rows_of(module).values())


def _rows_of(module: str) -> dict[str, Row]:
    rows = _rows.get(module)
    if rows is None:
        rows = _rows[module] = {row[0]: row for row in _load(module).ROWS}
    return rows


def _requirement(module: str, row: Row) -> Requirement:
    document = _load(module)
    fate, successor = document.FATE.get(row[0], (None, None))
    return Requirement(
        *row,
        same_as=document.SAME_AS.get(row[0]),
        fate=fate,
        successor=successor,
        secondary=row[0] in document.SECONDARY,
    )


def _load(module: str) -> ModuleType:
    from sys import modules

    name = f"{__name__}.{module}"
    if name not in modules:
        __import__(name)
    return modules[name]

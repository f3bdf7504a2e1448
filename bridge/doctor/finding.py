"""The result of one check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "absent", "failing"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was checked, the result, and the remedy.

    verdict: ``absent`` means that it isn't there, and that emsync can do without it.
    """

    name: str
    verdict: Verdict
    text: str
    remedy: str = ""

    def __str__(self) -> str:
        line = f"{self.verdict:8}{self.name:14}{self.text}"
        return f"{line}\n{'':8}{'':14}-> {self.remedy}" if self.remedy else line

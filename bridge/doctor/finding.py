"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "absent", "failing"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it is, and the remedy. ``absent``: not there, and music
    gets out without it."""

    name: str
    verdict: Verdict
    text: str
    remedy: str = ""

    def __str__(self) -> str:
        line = f"{self.verdict:8}{self.name:14}{self.text}"
        return f"{line}\n{'':8}{'':14}-> {self.remedy}" if self.remedy else line

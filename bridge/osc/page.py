"""Writes ``docs/osc.md`` from the table: ``python -m bridge.osc.page > docs/osc.md``."""

from __future__ import annotations

from collections.abc import Iterable

from bridge.osc.specs import DEFAULT_IN, DEFAULT_OUT, IN, JOBS_AT_ONCE, OUT, SECONDS_A_JOB, Address
from engine.files import LONGEST_PATH

_TYPES = {"i": "int", "f": "float", "s": "string"}


def page() -> str:
    """The page, in Markdown."""
    return "\n".join(
        [
            "# OSC",
            "",
            "Written from `bridge/osc/specs.py` by `python -m bridge.osc.page`; "
            "edit the table, not this page.",
            "",
            f"`emsync serve` listens on UDP port {DEFAULT_IN} (`--osc-port`) and sends to "
            f"127.0.0.1:{DEFAULT_OUT} (`--osc-to HOST:PORT`, repeatable). "
            "An int is accepted where a float is expected. "
            "Bundles are carried out at once, whatever their time tag. "
            "UDP may lose packets under load: use HTTP for what must arrive.",
            "",
            "OSC has no token, so it has limits. "
            f"`/emsync/compose` and `/emsync/regenerate` submit {JOBS_AT_ONCE} jobs at once, and "
            f"one more every {SECONDS_A_JOB:g} seconds. "
            f"A path has at most {LONGEST_PATH} bytes. "
            "What goes beyond is refused with `/emsync/error`. "
            "[server.md](server.md) has the limits on jobs.",
            "",
            "## Messages it sends",
            "",
            *_table(OUT),
            "",
            "## Messages it accepts",
            "",
            *_table(IN),
            "",
        ]
    )


def _table(addresses: Iterable[Address]) -> Iterable[str]:
    yield "| address | arguments | meaning |"
    yield "|---|---|---|"
    for address in addresses:
        arguments = "<br>".join(
            f"`{a.name}` {_TYPES[a.type.value]}{', optional' if a.optional else ''}"
            f"{', one or more' if a.repeated else ''}: {a.meaning}"
            for a in address.arguments
        )
        yield f"| `{address.path}` | {arguments} | {address.meaning} |"


if __name__ == "__main__":
    print(page(), end="")

"""``docs/osc.md``, written from the table: ``python -m bridge.osc.page > docs/osc.md``."""

from __future__ import annotations

from collections.abc import Iterable

from bridge.osc.specs import DEFAULT_IN, DEFAULT_OUT, IN, OUT, Address

_TYPES = {"i": "int", "f": "float", "s": "string"}


def page() -> str:
    """The page, in Markdown."""
    return "\n".join(
        [
            "# OSC",
            "",
            "Written from `bridge/osc/specs.py` by `python -m bridge.osc.page`; "
            "mend the table, not this page.",
            "",
            f"`emsync serve` listens on UDP port {DEFAULT_IN} (`--osc-port`) and tells "
            f"127.0.0.1:{DEFAULT_OUT} (`--osc-to HOST:PORT`, as often as you like). "
            "An int will do where a float is asked for; bundles are carried out at once, whatever "
            "their time. UDP may lose what it is flooded with: what must arrive goes over HTTP.",
            "",
            "## What it tells",
            "",
            *_table(OUT),
            "",
            "## What it can be told",
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
            f"`{a.name}` {_TYPES[a.type.value]}{', optional' if a.optional else ''}: {a.meaning}"
            for a in address.arguments
        )
        yield f"| `{address.path}` | {arguments} | {address.meaning} |"


if __name__ == "__main__":
    print(page(), end="")

"""The text of XML documents."""

from __future__ import annotations

from io import BytesIO
from xml.etree.ElementTree import Element, ElementTree, indent

DECLARATION = b"<?xml version='1.0' encoding='UTF-8'?>\n"


def xml_text(root: Element, head: bytes = DECLARATION) -> bytes:
    """A document in UTF-8, a line for each element. head: what stands before the root."""
    indent(root)
    buffer = BytesIO(head)
    buffer.seek(0, 2)
    ElementTree(root).write(buffer, encoding="UTF-8", xml_declaration=False)
    return buffer.getvalue()

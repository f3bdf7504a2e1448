"""Reads the body of a request."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from engine.errors import EmsyncError

LARGEST_BODY = 1 << 20
"""Bytes; the cue sheet of a long film has a few hundred thousand."""
BODY_TIMEOUT = 10.0
"""Seconds that a client may take to send a request's body."""


async def json_body(request: Request) -> dict[str, Any]:
    """The JSON object in the body, or {} for an empty body. Null counts as left out.

    Raises EmsyncError for anything else, and HTTPException for a body that is too long or slow.
    """
    content = b""
    try:
        async with asyncio.timeout(BODY_TIMEOUT):
            async for chunk in request.stream():
                content += chunk
                if len(content) > LARGEST_BODY:
                    raise HTTPException(413, f"the body has more than {LARGEST_BODY} bytes")
    except TimeoutError as error:
        raise HTTPException(408, f"the body took more than {BODY_TIMEOUT:g} s") from error
    try:
        values = json.loads(content) if content else {}
    except (ValueError, RecursionError) as error:
        raise EmsyncError("the body is not JSON; send a JSON object") from error
    if not isinstance(values, dict):
        raise EmsyncError("the body is not a JSON object")
    try:
        json.dumps(values, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise EmsyncError("the body has half a character (a lone surrogate)") from error
    return {name: value for name, value in values.items() if value is not None}

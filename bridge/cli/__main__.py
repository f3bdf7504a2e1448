"""``python -m bridge.cli``: the ``emsync`` command from a source tree."""

import sys

from bridge.cli import main

sys.exit(main())

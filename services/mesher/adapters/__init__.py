"""What the mesher writes with: GLB bytes, pictures, the object store."""

from __future__ import annotations

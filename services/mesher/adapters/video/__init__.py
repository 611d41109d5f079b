"""Films as files: AV1 in MP4, with the encoder that Pillow carries.

Libraries that write MP4 carry FFmpeg, and their wheels bundle encoders under the GPL. Pillow carries libaom, whose
licence is permissive, and writes its pictures as an animated AVIF: the same kind of boxes round the same samples as MP4.
``avif`` takes them out, ``mp4`` puts them into a film.
"""

from __future__ import annotations

"""Faces from photos, on arrays alone: found, judged, fused, described and painted.

Frames and units are those of ADR 0012: pictures in pixels with (0, 0) at the upper left corner, faces in metres with the
origin between the eyes.
"""

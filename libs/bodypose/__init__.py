"""Poses: the platform's skeleton, how its joints may turn, and how bodies follow.

Frames are those of ADR 0013: metres, +Y up, the body faces +Z and its left is +X. The rig of an A-posed body has
unrotated bones, so a pose is one quaternion (x, y, z, w) for each joint that turns.
"""

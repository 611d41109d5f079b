"""The body: fixed topology, rig, canonical samples, linear shape space, tape measure, and closing the loop on it.

One standing pose is baked into the shape space, so everything here is linear in the shape coefficients.
Geometry frame: metres, +Y up, the body faces +Z, floor at Y = 0. The tape reads millimetres.
"""

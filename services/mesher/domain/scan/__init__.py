"""From a scan to a person: cleaned, stood upright, explained by the template.

cloud.py      points and faces as they were uploaded, and what is kept of them
upright.py    unit of length, which way is up, which way it faces
puppet.py     the template in any pose: joints, shape, and their derivatives
register.py   the pose and shape that explain a scan best
person.py     who that is, and whether it is a person at all
shell.py      the oriented points that a surface is made from
solid.py      closed surfaces, one of them closed by construction
repair.py     small faults of a surface, mended
reconstruct.py  all of it, in order
model.py      what is told about a scan
"""

from __future__ import annotations

"""What an experiment stands on.

proxy.py       breaks connections in every way a network does
stack.py       the platform's processes: killed, restarted, doubled, wired through proxies
load.py        an open-loop load of many users, the same for the same seed
journal.py     what was asked, and what was answered, as JSON lines
checker.py     the invariants: journal against records and files
world.py       what an experiment works with: everything above, and the marks of the fault
experiment.py  the register of experiments
run.py         one run of one experiment
"""

from __future__ import annotations

"""What an experiment stands on.

proxy.py       breaks connections in every way a network does
balancer.py    shares connections among ready gateways, in a process of its own
stack.py       the platform's processes: killed, restarted, doubled, wired through proxies
inference.py   an inference server that can be away
sinks.py       people's servers and a mail server, which fail in every way and heal
users.py       what users do, batches.py with batches; load.py lets many of them come, the same for the same seed
transfers.py   uploads and downloads that are under way for long
journal.py     what was asked, and what was answered, as JSON lines
health.py      what probes would have seen; alerts.py what Prometheus told
evidence.py    what a run leaves behind, read by recovery.py
records.py     what the database says of jobs, credits and requests
checker.py     the invariants: journal against records and files; dealings.py those about jobs
world.py       what an experiment works with: the above, and the marks of the fault
experiment.py  the register of experiments; run.py runs one; report.py tells how it went
"""

from __future__ import annotations

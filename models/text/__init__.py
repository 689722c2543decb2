"""Understanding of what customers write. Python 3.10 syntax: the assistant's environment loads this too."""

import os

# Before numpy is loaded: one thread adds up alike on every machine, and two wait for each other when the machine is busy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

"""Breaking the shop on purpose: real processes, real faults, and checkers that would notice."""

"""The work on each device: its stage, who moved it on, and what the customer sees of it."""

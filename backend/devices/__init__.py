"""Which devices, faults and repair services the shop knows, and how people find a device by what they type."""

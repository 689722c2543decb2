"""What leaves the shop: the outbound log and the gateways that carry it."""

"""When and where the shop can take a device: locations, hours, benches, and the one calendar nothing may overlap in."""

"""The business: devices, prices, bookings, repairs, conversations; one folder a slice."""

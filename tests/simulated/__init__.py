"""A crowd of simulated customers who hold a goal each and talk to the running shop as people do; what the database holds is judged."""

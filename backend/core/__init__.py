"""What every slice stands on: database, unit of work, HTTP edge, jobs, events, money, time and ids."""

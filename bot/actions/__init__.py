"""What the assistant does, by subject. Actions ask the backend and say named responses; they hold no sentence, price or SQL."""

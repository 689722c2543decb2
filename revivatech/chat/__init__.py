"""A customer in a terminal, over the same socket the widget uses."""

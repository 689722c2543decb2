"""Understanding of what customers write. Python 3.10 syntax: the assistant's environment loads this too."""

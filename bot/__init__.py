"""The assistant: Rasa with our components, channel and actions. Python 3.10."""

"""Starting, watching and stopping the processes of one shop on one machine."""

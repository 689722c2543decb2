"""The pages people see: the shop window, a repair's own page and the staff room; drawn on the server, alive without scripts."""

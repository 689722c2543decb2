"""What a person is told when something outside the program stops it."""


class Trouble(Exception):
    """One clear sentence about what is wrong, and what to do about it; printed without a traceback, exit code 1."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what}\n  What to do: {self.remedy}"

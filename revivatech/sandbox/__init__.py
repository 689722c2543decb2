"""Stand-ins for the outside world, for development and tests: what RevivaTech sends is kept and shown instead of delivered."""


def main() -> None:
    """Run the sandbox until it is told to stop."""
    # Late, so that tests which only want the mail server do not load the pages.
    from .process import run

    run()

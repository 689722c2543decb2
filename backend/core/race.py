"""Named points before every check-then-act, where a test may hold one side back."""

from collections.abc import Awaitable, Callable

Hook = Callable[[], Awaitable[None]]
_hooks: dict[str, Hook] = {}


async def before(name: str) -> None:
    """Wait for the hook a test has placed here; without one this costs a dictionary look-up."""
    hook = _hooks.get(name)
    if hook is not None:
        await hook()


def place(name: str, hook: Hook) -> None:
    """Place a hook at a named point."""
    _hooks[name] = hook


def clear() -> None:
    """Take all hooks away."""
    _hooks.clear()

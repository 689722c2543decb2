"""What customers read about when their device will be ready; the page and the mails say the same."""

from .ready import Outlook
from .stages import Stage

_OPEN = {
    Stage.AWAITING_APPROVAL: "We can name a time as soon as we have your answer.",
    Stage.AWAITING_PARTS: "We name a new time as soon as the part is here.",
    Stage.ON_HOLD: "We name a new time as soon as the repair goes on.",
}


def expectation(outlook: Outlook, label: str, *, by_post: bool = False) -> str:
    """Return one true sentence; `label` writes the outlook's time in the shop's own."""
    match outlook.state:
        case "expected" if outlook.stage is Stage.BOOKED:
            return f"Ready by about {label}, if {'your parcel is here on the day' if by_post else 'you bring it at the time'} below."
        case "expected":
            return f"Ready by about {label}."
        case "late":
            return f"This is taking longer than we thought, and we are sorry. We will tell you a new time by {label}."
        case "overdue":
            return "This is taking longer than we thought, and we owe you a new time. We are sorry: ask us, and a technician will tell you."
        case "open":
            return _OPEN.get(outlook.stage, "We name a time as soon as we have looked at it.")

"""What became of a customer, by what the database holds: what was said in the chat counts for nothing here."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from backend.repairs.stages import STEP_LABELS, Stage, step_of
from tests.simulated.goals import Item
from tests.simulated.life import SHOP, Life
from tests.simulated.person import letters

ORDERS = """
    SELECT o.reference, o.arrival, b.state, b.starts_at, b.moves, c.name,
        (SELECT value FROM contact_points WHERE customer_id = c.id AND kind = 'email' LIMIT 1) AS email,
        (SELECT json_agg(json_build_object('device', q.device_name, 'faults', q.faults, 'total', q.total_minor) ORDER BY bq.position)
            FROM booked_quotes bq JOIN quotes q ON q.id = bq.quote_id WHERE bq.booking_id = b.id) AS quotes
    FROM orders o JOIN bookings b ON b.order_id = o.id JOIN customers c ON c.id = o.customer_id
    WHERE o.conversation_id = %(conversation)s OR o.reference = %(reference)s
    ORDER BY o.created_at
"""
QUOTES = "SELECT device_name AS device, faults FROM quotes WHERE conversation_id = %(conversation)s ORDER BY created_at"
REQUESTS = "SELECT device_name AS device, faults FROM price_requests WHERE conversation_id = %(conversation)s"
OWNER = "SELECT owner FROM conversations WHERE id = %(conversation)s"


@dataclass(frozen=True)
class Books:
    """What the shop holds of one customer."""

    orders: list[dict[str, Any]]
    quotes: list[dict[str, Any]]
    requests: list[dict[str, Any]]
    owner: str

    @property
    def live(self) -> list[dict[str, Any]]:
        """Orders with an appointment that stands."""
        return [order for order in self.orders if order["state"] == "confirmed"]


@dataclass(frozen=True)
class Verdict:
    """How it ended: why it is no success; what a booking contradicts; and what was wrong in a read-back that was agreed to unread."""

    reason: str = ""
    wrong: str = ""
    unread: str = ""

    @property
    def success(self) -> bool:
        """Whether the customer has what they came for."""
        return not (self.reason or self.wrong or self.unread)


def look(database: str, life: Life) -> Books:
    """Read the books on one customer."""
    asked = {"conversation": life.conversation or None, "reference": life.person.reference}
    with psycopg.connect(database, row_factory=dict_row) as connection:
        orders, quotes, requests, owner = (connection.execute(query, asked).fetchall() for query in (ORDERS, QUOTES, REQUESTS, OWNER))
    return Books(orders, quotes, requests, owner[0]["owner"] if owner else "")


def judge(life: Life, books: Books) -> Verdict:
    """Compare what was wanted with what there is."""
    reason = life.broke or _missing(life, books)
    wrong = _contradiction(life, books)
    # Whoever says yes to a read-back without reading it has the booking they agreed to; it is no success all the same.
    return Verdict(reason, unread=wrong) if wrong and life.person.unread else Verdict(reason, wrong)


def _missing(life: Life, books: Books) -> str:
    goal, person, text = life.goal, life.person, life.transcript
    match goal.kind:
        case "book":
            return "" if _priced_by_hand(person.items, books) else _unbooked(life, books)
        case "price" | "too_dear":
            return "" if _priced(person.items, books) or _priced_by_hand(person.items, books) else _why(life, "no price for that")
        case "leave":
            return "" if person.times.get("left") or _priced_by_hand(person.items, books) else _why(life, "never got as far as leaving")
        case "status":
            label = STEP_LABELS[step_of(Stage(life.began.stage))].lower() if life.began else "?"
            return "" if label in (life.last.text.lower() if life.last else "") else _why(life, f"not told that it is {label}")
        case "move":
            return "" if len(books.live) == 1 and books.live[0]["moves"] else _why(life, "not moved")
        case "cancel":
            return "" if books.orders and not books.live else _why(life, "not cancelled")
        case "question":
            return _unanswered(life)
        case "person" | "complain":
            return "" if books.owner in ("waiting", "technician") else "no person was brought"
        case "stranger":
            return "" if re.search("only unlock a device for its owner", text) else "not refused"
        case "unknown":
            return "" if re.search("not in my list|technician", text) else "not told that it is unknown"


def _unbooked(life: Life, books: Books) -> str:
    after, live = life.goal.after, books.live
    if after == "cancel":
        return "" if books.orders and not live else _why(life, "not cancelled" if live else "never booked")
    if len(live) != 1:
        return _why(life, f"{len(live)} bookings")
    if after == "move" and not live[0]["moves"]:
        return _why(life, "not moved")
    if life.person.by_post != (live[0]["arrival"] == "mail_in"):
        return f"comes by {live[0]['arrival']}"
    return _why(life, "not told when it is") if after == "status" and "booked in for" not in life.transcript else ""


def _contradiction(life: Life, books: Books) -> str:
    """What a booking holds that the customer did not say or took back, or "" where there is none such."""
    goal, person, live = life.goal, life.person, books.live
    if goal.kind in ("move", "cancel", "status"):
        if len(books.orders) > 1:
            return "a second booking"
        if not live and goal.kind != "cancel" and life.began and life.began.stage == "booked":
            return "cancelled unasked"
        return _time_wrong(life, live[0]) if goal.kind == "move" and live and live[0]["moves"] else ""
    if goal.kind != "book":
        return f"booked {live[0]['reference']} unasked" if live else ""
    if len(live) > 1:
        return "booked twice"
    if not live:
        return "" if goal.after == "cancel" or not books.orders else "cancelled unasked"
    (order,) = live
    named = [quote["device"] for quote in order["quotes"]]
    if sorted(named) != sorted(item.name for item in person.items):
        return f"for {named}"
    for item in person.items:
        held = next({fault["code"] for fault in quote["faults"]} for quote in order["quotes"] if quote["device"] == item.name)
        if held != item.codes:
            return f"{item.name} for {sorted(held)} instead of {sorted(item.codes)}"
    if order["email"].lower() != person.email.lower() or letters(order["name"]) != letters(person.name):
        return f"in the name of {order['name']}, {order['email']}"
    if person.total and sum(quote["total"] for quote in order["quotes"]) != round(float(person.total.strip("£").replace(",", "")) * 100):
        return f"costs something else than {person.total}"
    return _day_wrong(life, order) if person.by_post else _time_wrong(life, order)


def _day_wrong(life: Life, order: dict[str, Any]) -> str:
    day = f" {shop_time(order['starts_at']).day} "
    return "" if day in life.person.day or not life.person.day else f"expected on another day than {life.person.day}"


def _time_wrong(life: Life, order: dict[str, Any]) -> str:
    person, start = life.person, shop_time(order["starts_at"])
    label = f"{start:%a} {start.day} {start:%b}, {start:%H:%M}"
    if start in person.accepted or (not person.accepted and (person.wish.fits(start) or label == person.agreed_label)):
        return ""
    if life.goal.after == "move" and not order["moves"]:
        return ""  # still where it was; that it did not move is told elsewhere
    return f"at {label}, picked {sorted(map(str, person.accepted))}, wished {person.wish.said[0]!r}"


def shop_time(moment: datetime) -> datetime:
    """A moment as the clock on the shop's wall shows it."""
    return moment.astimezone(SHOP).replace(tzinfo=None)


def _priced(items: list[Item], books: Books) -> bool:
    return all(any(_same(item, quote) for quote in books.quotes) for item in items)


def _priced_by_hand(items: list[Item], books: Books) -> bool:
    """Whether people were asked for a price where the book has none, and the rest is priced."""
    return bool(books.requests) and all(any(_same(item, one) for one in [*books.requests, *books.quotes]) for item in items)


def _same(item: Item, quote: dict[str, Any]) -> bool:
    codes = {fault["code"] if isinstance(fault, dict) else fault for fault in quote["faults"]}
    return bool(quote["device"] == item.name and codes == item.codes)


def _unanswered(life: Life) -> str:
    seen = life.person.seen
    return f"unanswered: {'; '.join(seen.unanswered)}" if seen.unanswered or not seen.asked else ""


def _why(life: Life, otherwise: str) -> str:
    if life.person.seen.gave_up:
        return f"gave up, {life.person.seen.gave_up}"
    if life.owner in ("waiting", "technician"):
        return f"handed to a person ({otherwise})"
    return otherwise

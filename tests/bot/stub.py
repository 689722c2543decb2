"""The HTTP contract of the backend in memory, for the assistant's own tests: real answers' shapes, refusals on demand."""

import json
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

ZONE = ZoneInfo("Europe/London")
#: What articles say, which topic is whose, and by which word a question finds one.
PASSAGES = {
    "warranty": ("Our warranty", "It depends on the repair: 12 months' warranty on screens."),
    "turnaround": ("How long repairs take", "Most phones are ready the same day."),
    "data-and-privacy": ("Your data and privacy", "A normal repair deletes nothing. Please make a backup first."),
    "parts-grades": ("Grades of parts", "Genuine parts come from the maker. All are new and tested."),
    "by-post": ("Repairs by post", "Say that you'd rather post it."),
    "find-us": ("Where to find us", "You find us at RevivaTech, 12 Mill Street, Leeds LS1 5AB."),
    "paying": ("Ways to pay", "You pay in the shop when you collect your device."),
    "supported-devices": ("What we repair", "We repair phones and laptops."),
    "what-we-do-not-repair": ("What we don't do", "We don't buy or sell."),
    "price-promise": ("Our price promise", "Our prices are the same for everybody."),
    "parking": ("Parking", "We have no car park of our own."),
    "battery-care": ("Making a battery last", "Heat wears a battery most."),
    "what-to-bring": ("What to bring", "Please bring the device and your order's reference."),
    "bench-fee": ("The bench fee", "We check the device at the bench for a fixed fee."),
}
TOPICS = {
    "faq_warranty": "warranty",
    "faq_turnaround": "turnaround",
    "faq_data_privacy": "data-and-privacy",
    "faq_parts_quality": "parts-grades",
    "faq_mail_in": "by-post",
    "faq_location": "find-us",
    "faq_payment_methods": "paying",
    "faq_supported_devices": "supported-devices",
}
ARTICLES = {
    "do you sell": "what-we-do-not-repair",
    "price match": "price-promise",
    "park": "parking",
    "overnight": "battery-care",
    "battery last": "battery-care",
    "bring": "what-to-bring",
    "cost to look": "bench-fee",
    "sell you": "what-we-do-not-repair",
    "give me for": "what-we-do-not-repair",
}
PRICES = {"screen_cracked": 12900, "battery_drains": 5900, "back_glass": 8900, "not_charging": 6900, "battery_swollen": 6500}
SHOP = {
    "name": "RevivaTech",
    "address": "12 Mill Street, Leeds LS1 5AB",
    "street": "12 Mill Street",
    "city": "Leeds",
    "postcode": "LS1 5AB",
    "phone": "0113 496 0123",
    "email": "hello@revivatech.example",
    "zone": "Europe/London",
}
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def amount(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "GBP", "text": f"£{minor / 100:,.2f}"}


STEPS = {"booked": "Booked", "received": "Received", "in_repair": "In repair", "ready": "Ready to collect", "done": "Handed over"}


def repair(stage: str, now: datetime) -> dict[str, Any]:
    """A repair at a stage, with all its steps."""
    codes = list(STEPS)
    here = codes.index(stage)
    state = ["done"] * here + ["current"] + ["todo"] * (len(codes) - here - 1)
    return {
        "device": "iPhone 13",
        "stage": stage,
        "stage_label": STEPS[stage],
        "stages": [{"code": code, "label": STEPS[code], "state": at} for code, at in zip(codes, state, strict=True)],
        "updated_at": now.isoformat(),
    }


def label(start: datetime) -> str:
    return f"{start:%a} {start.day} {MONTHS[start.month - 1]}, {start:%H:%M}"


class Stub:
    """State of the stub: what was asked, and which questions are refused next."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 12, 0, tzinfo=ZONE)  # a Sunday
        self.reset()

    def reset(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.refusals: dict[str, list[Any]] = defaultdict(list)
        self.quotes: dict[str, Any] = {}
        self.bookings: dict[str, Any] = {}
        self.gone: set[str] = set()
        self.foreign = {"RT-F2R3N"}
        self.items: list[str] = []  # what the shop would have seen to before a visit
        self.checks: dict[str, Any] = {}
        self.stage, self.note = "booked", ""
        self.ready: dict[str, Any] | None = None  # by when a repair will be ready
        self.count = 0
        self.warranty = 12
        self.last_day = "9999-12-31"  # nothing is booked further ahead

    def refuse(self, question: str, code: str, status: int, times: int = 1) -> None:
        """Answer the next `times` questions like `POST /holds` with a refusal."""
        self.refusals[question] += [(code, status)] * times

    def called(self, question: str) -> list[dict[str, Any]]:
        return [a for a in self.asked if a["question"] == question]

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._recorded])
        app.router.add_post("/api/v1/quotes", self.make_quote)
        app.router.add_get("/api/v1/quotes/{id}", self.made_quote)
        app.router.add_post("/api/v1/price-requests", self.promise)
        app.router.add_get("/api/v1/slots", self.slots)
        app.router.add_get("/api/v1/arrival-days", self.arrival_days)
        app.router.add_post("/api/v1/holds", self.hold)
        app.router.add_delete("/api/v1/holds/{id}", self.let_go)
        app.router.add_post("/api/v1/bookings", self.book)
        app.router.add_get("/api/v1/bookings", self.own)
        app.router.add_get("/api/v1/bookings/{reference}", self.booking)
        app.router.add_post("/api/v1/bookings/{reference}/cancel", self.cancel)
        app.router.add_get("/api/v1/bookings/{reference}/slots", self.booking_slots)
        app.router.add_post("/api/v1/bookings/{reference}/reschedule", self.reschedule)
        app.router.add_get("/api/v1/bookings/{reference}/repairs", self.detail)
        app.router.add_get("/api/v1/bookings/{reference}/checklist", self.checklist)
        app.router.add_put("/api/v1/bookings/{reference}/checklist", self.check)
        app.router.add_post("/api/v1/orders/codes", self.ask_code)
        app.router.add_post("/api/v1/orders/proofs", self.prove)
        app.router.add_get("/api/v1/repairs/status", self.status)
        app.router.add_get("/api/v1/repairs", self.repairs)
        app.router.add_get("/api/v1/shop", self.shop)
        app.router.add_get("/api/v1/knowledge/search", self.question)
        return app

    @web.middleware
    async def _recorded(self, request: web.Request, handler: Any) -> web.StreamResponse:
        path = request.path.replace("/api/v1", "")
        for key, value in request.match_info.items():
            path = path.replace(value, f"{{{key}}}")
        question = f"{request.method} {path}"
        body = await request.json() if request.can_read_body else None
        self.asked.append({"question": question, "body": body, "query": dict(request.query), "headers": dict(request.headers)})
        if self.refusals[question]:
            code, status = self.refusals[question].pop(0)
            return self.problem(code, status)
        return await handler(request)

    def problem(self, code: str, status: int) -> web.Response:
        return web.json_response(
            {"type": "about:blank", "title": code, "status": status, "code": code}, status=status, content_type="application/problem+json"
        )

    async def make_quote(self, request: web.Request) -> web.Response:
        body = await request.json()
        if any(fault not in PRICES for fault in body["faults"]) and len(body["faults"]) == 1 and body["faults"] == ["malware"]:
            return self.problem("no_price", 422)
        parts = [PRICES.get(fault, 2900) for fault in body["faults"]]
        self.count += 1
        total = sum(parts)
        quote = {
            "id": f"00000000-0000-7000-8000-{self.count:012d}",
            "version": 1,
            "device": {"slug": body["device"], "name": body["device"]},
            "faults": [{"code": f, "label": f} for f in body["faults"]],
            "services": [{"code": f"fix_{f}", "label": f"Fix {f}"} for f in body["faults"]],
            "lines": [
                {"kind": "part" if f in PRICES else "bench_fee", "label": f"Part for {f}", "amount": amount(p)}
                for f, p in zip(body["faults"], parts, strict=True)
            ],
            "total": amount(total),
            "vat": amount(total // 6),
            "vat_included": True,
            "urgency": "standard",
            "duration_minutes": 90,
            "valid_until": (self.now + timedelta(days=7)).isoformat(),
            "range": None,
            "warranty_months": self.warranty,
            "other_grades": [{"grade": "genuine", "total": amount(total + 4000)}, {"grade": "standard", "total": amount(total - 2000)}],
        }
        if body.get("grade"):
            chosen = next(other for other in quote["other_grades"] if other["grade"] == body["grade"])
            quote |= {"total": chosen["total"], "other_grades": []}
        if any(f not in PRICES for f in body["faults"]):
            quote["range"] = {"low": amount(4000), "high": amount(22000)}
        self.quotes[quote["id"]] = quote
        return web.json_response(quote, status=201)

    async def made_quote(self, request: web.Request) -> web.Response:
        found = self.quotes.get(request.match_info["id"])
        return web.json_response(found) if found else self.problem("quote_unknown", 404)

    async def promise(self, request: web.Request) -> web.Response:
        body = await request.json()
        answer_by = self.now + timedelta(hours=4)
        device = {"slug": body["device"], "name": body["device"]}
        return web.json_response(
            {"id": "00000000-0000-7000-8000-00000000aaaa", "device": device, "answer_by": answer_by.isoformat(), "label": label(answer_by)},
            status=201,
        )

    async def slots(self, request: web.Request) -> web.Response:
        start = datetime.fromisoformat(request.query["from"]).date() if "from" in request.query else self.now.date()
        found = []
        for n in range(int(request.query.get("days", 7))):
            day = start + timedelta(days=n)
            if day.weekday() == 6 or day.isoformat() > self.last_day or (day.month, day.day) in ((12, 25), (12, 28)):
                continue
            for half in range(18, 36 if day.weekday() < 5 else 32):
                at = datetime(day.year, day.month, day.day, half // 2, 30 * (half % 2), tzinfo=ZONE)
                if at > self.now and at.hour != 13 and at.isoformat() not in self.gone:
                    found.append({"starts_at": at.isoformat(), "ends_at": (at + timedelta(minutes=90)).isoformat(), "label": label(at)})
        return web.json_response({"location": SHOP, "slots": found})

    async def arrival_days(self, request: web.Request) -> web.Response:
        days = [self.now.date() + timedelta(days=n) for n in range(2, 2 + int(request.query["days"]))]
        found = [
            {"day": day.isoformat(), "label": label(datetime(day.year, day.month, day.day, tzinfo=ZONE)).partition(",")[0]} for day in days
        ]
        return web.json_response({"location": SHOP, "days": [day for day in found if not day["label"].startswith("Sun")], "packing": []})

    async def hold(self, request: web.Request) -> web.Response:
        body = await request.json()
        at = datetime.fromisoformat(body["starts_at"])
        self.count += 1
        self.held = {
            "id": f"hold-{self.count}",
            "quote_ids": body.get("quote_ids") or [body["quote_id"]],
            "starts_at": at.isoformat(),
            "ends_at": at.isoformat(),
            "expires_at": (self.now + timedelta(minutes=10)).isoformat(),
            "label": label(at),
        }
        return web.json_response(self.held, status=201)

    async def let_go(self, request: web.Request) -> web.Response:
        return web.Response(status=204)

    async def book(self, request: web.Request) -> web.Response:
        body = await request.json()
        if "@" not in body["customer"]["email"] or "." not in body["customer"]["email"].split("@")[1]:
            return self.problem("email_invalid", 422)
        self.count += 1
        reference = f"RT-7F3K{2 + len(self.bookings)}"
        parcel = body.get("mail_in")
        ids = (body.get("quote_ids") or [body["quote_id"]]) if parcel else self.held["quote_ids"]
        quotes = [self.quotes[one] for one in ids]
        if parcel:
            day = datetime.fromisoformat(parcel["arrives_on"]).replace(hour=9, tzinfo=ZONE)
            times = {"starts_at": day.isoformat(), "ends_at": day.isoformat(), "label": label(day).partition(",")[0] + ", by post"}
        else:
            times = {name: self.held[name] for name in ("starts_at", "ends_at", "label")}
        done = {
            "arrival": "mail_in" if parcel else "drop_off",
            "packing": [f"Put a note with {reference} in the box."] if parcel else [],
            **times,
            "reference": reference,
            "booking_id": "b",
            "state": "confirmed",
            "device": quotes[0]["device"],
            "services": [service for quote in quotes for service in quote["services"]],
            "total": amount(sum(quote["total"]["minor"] for quote in quotes)),
            "repairs": [{name: quote[name] for name in ("device", "services", "total")} for quote in quotes],
            "location": SHOP,
            "tracking_url": "http://shop/track/x",
            "calendar_url": "http://shop/track/x/calendar.ics",
        }
        self.bookings[reference] = done
        return web.json_response(done, status=201)

    async def own(self, request: web.Request) -> web.Response:
        return web.json_response({"items": list(self.bookings.values())})

    async def booking(self, request: web.Request) -> web.Response:
        found = self.bookings.get(request.match_info["reference"])
        return web.json_response(found) if found else self.problem("reference_unknown", 404)

    async def cancel(self, request: web.Request) -> web.Response:
        found = self.bookings.get(request.match_info["reference"])
        if not found:
            return self.problem("reference_unknown", 404)
        found["state"] = "cancelled"
        return web.json_response(found)

    async def booking_slots(self, request: web.Request) -> web.Response:
        found = self.bookings.get(request.match_info["reference"])
        if not found:
            return self.problem("reference_unknown", 404)
        answer = json.loads((await self.slots(request)).text or "")
        answer["slots"] = [slot for slot in answer["slots"] if slot["starts_at"] != found["starts_at"]]
        return web.json_response(answer)

    async def reschedule(self, request: web.Request) -> web.Response:
        found = self.bookings.get(request.match_info["reference"])
        if not found:
            return self.problem("reference_unknown", 404)
        at = datetime.fromisoformat((await request.json())["starts_at"])
        found.update(starts_at=at.isoformat(), label=label(at))
        return web.json_response({**found, "tracking_url": None, "calendar_url": None})

    async def detail(self, request: web.Request) -> web.Response:
        reference = request.match_info["reference"]
        if reference not in self.bookings:
            return self.problem("reference_unknown", 404)
        line = {"at": self.now.isoformat(), "title": "Booked", "text": self.note}
        told = {**repair(self.stage, self.now), "detail_label": "Booked", "timeline": [line], "ready": self.ready}
        return web.json_response({"reference": reference, "repairs": [told]})

    async def checklist(self, request: web.Request) -> web.Response:
        if request.match_info["reference"] not in self.bookings:
            return self.problem("reference_unknown", 404)
        items = [{"item": item, "label": item, "answer": self.checks.get(item, {}).get("answer"), "note": None} for item in self.items]
        return web.json_response({"reference": request.match_info["reference"], "items": items})

    async def check(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.checks[body["item"]] = body
        return await self.checklist(request)

    async def ask_code(self, request: web.Request) -> web.Response:
        return web.json_response({"reference": (await request.json())["reference"], "valid_minutes": 10}, status=202)

    async def prove(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body["reference"] not in self.foreign or body["code"].replace(" ", "") != "123456":
            return self.problem("code_wrong", 422)
        self.bookings[body["reference"]] = self.booked(body["reference"])
        return web.json_response({"reference": body["reference"]})

    def booked(self, reference: str) -> dict[str, Any]:
        """A booking somebody made elsewhere."""
        start = self.now + timedelta(days=3)
        device, total = {"slug": "apple-iphone-13", "name": "iPhone 13"}, amount(12900)
        mine = {"device": device, "services": [], "total": total}
        times = {"starts_at": start.isoformat(), "ends_at": start.isoformat(), "label": label(start)}
        return {**times, **mine, "reference": reference, "state": "confirmed", "arrival": "drop_off", "repairs": [mine], "location": SHOP}

    async def status(self, request: web.Request) -> web.Response:
        reference = request.query["reference"]
        if reference not in self.bookings and reference not in self.foreign:
            return self.problem("reference_unknown", 404)
        return web.json_response({"reference": reference, "repairs": [repair("in_repair", self.now)]})

    async def repairs(self, request: web.Request) -> web.Response:
        return web.json_response({"items": [{"reference": r, "repairs": [repair("booked", self.now)]} for r in self.bookings]})

    async def question(self, request: web.Request) -> web.Response:
        asked = request.query["q"].lower()
        slug = next((slug for word, slug in ARTICLES.items() if word in asked), TOPICS.get(request.query["topic"]))
        title, text = PASSAGES.get(slug, ("", ""))
        answer = {"slug": slug, "title": title, "text": text, "url": f"http://shop/help/{slug}", "score": 0.9} if slug else None
        return web.json_response({"answer": answer, "items": [answer] if answer else []})

    async def shop(self, request: web.Request) -> web.Response:
        hours = [{"day": d, "hours": "09:00–18:00"} for d in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")]
        hours += [{"day": "Saturday", "hours": "10:00–16:00"}, {"day": "Sunday", "hours": "Closed"}]
        today = {
            "day": "Sunday",
            "date": "2026-11-22",
            "hours": "closed",
            "open_now": False,
            "reason": None,
            "closes_at": None,
            "opens_at": "2026-11-23T09:00:00+00:00",
        }
        closed = [{"date": "2026-12-25", "reason": "Christmas Day"}, {"date": "2026-12-28", "reason": "Boxing Day (substitute day)"}]
        return web.json_response({**SHOP, "hours": hours, "today": today, "closed_days": closed})

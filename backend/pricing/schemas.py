"""What is asked and answered about quotes."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from backend.core.money import Money
from backend.core.schema import Amount, Answer, Strict

from .basis import Basis, LineKind
from .models import Quote
from .parts import Grade
from .rules import other_grades

Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9_]+$")]


class QuoteRequest(Strict):
    """What is to be priced."""

    device: Annotated[str, Field(min_length=1, max_length=120)]
    faults: Annotated[list[Code], Field(max_length=12, default_factory=list)]
    services: Annotated[list[Code], Field(max_length=12, default_factory=list)]
    urgency: Literal["standard", "priority", "express"] = "standard"
    #: The parts wished for: `standard` is cheaper, `genuine` the maker's own; where we do not stock it, the part is the usual one.
    grade: Grade | None = None
    #: A quote of the asker's this one follows.
    replaces: UUID | None = None


class Coded(Answer):
    """A code with its words for people."""

    code: str
    label: str


class DeviceOfQuote(Answer):
    """The device a quote is for."""

    slug: str
    name: str


class LineAnswer(Answer):
    """One line; `vat` is contained in the total, all others add up to it. What makes it cheaper is less than nothing."""

    kind: LineKind
    label: str
    amount: Amount


class OtherGrade(Answer):
    """What the same repair costs with other parts."""

    grade: Grade
    total: Amount


class RangeAnswer(Answer):
    """Between which sums the final bill will likely be."""

    low: Amount
    high: Amount


class QuoteAnswer(Answer):
    """A quote."""

    id: UUID
    version: int
    device: DeviceOfQuote
    faults: list[Coded]
    services: list[Coded]
    lines: list[LineAnswer]
    total: Amount
    vat: Amount
    vat_included: Literal[True] = True
    urgency: str
    duration_minutes: int
    valid_until: datetime
    range: RangeAnswer | None
    warranty_months: int
    #: What it costs with other parts we stock, cheapest first.
    other_grades: list[OtherGrade] = []

    @classmethod
    def of(cls, quote: Quote) -> "QuoteAnswer":
        """Return the answer's form of a quote loaded with its lines."""

        def amount(minor: int) -> Amount:
            return Amount.of(Money(minor, quote.currency))

        likely = None
        if quote.low_minor is not None and quote.high_minor is not None:
            likely = RangeAnswer(low=amount(quote.low_minor), high=amount(quote.high_minor))
        return cls(
            id=quote.id,
            version=quote.version,
            device=DeviceOfQuote(slug=quote.device_slug, name=quote.device_name),
            faults=[Coded(**fault) for fault in quote.faults],
            services=[Coded(**service) for service in quote.services],
            lines=[
                LineAnswer.model_validate({"kind": line.kind, "label": line.label, "amount": amount(line.amount_minor)})
                for line in quote.lines
            ],
            total=amount(quote.total_minor),
            vat=amount(quote.vat_minor),
            urgency=quote.urgency,
            duration_minutes=quote.duration_minutes,
            valid_until=quote.valid_until,
            range=likely,
            warranty_months=quote.warranty_months,
            other_grades=[
                OtherGrade(grade=grade, total=Amount.of(total)) for grade, total in other_grades(Basis.model_validate(quote.basis))
            ],
        )

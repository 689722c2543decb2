"""WhatsApp's templates: the only words it carries to somebody who has not written for a day. Each is approved beforehand under an id."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Content:
    """One template: its words, with `{{1}}` and so on for what changes."""

    name: str
    body: str

    @property
    def sandbox_sid(self) -> str:
        """Return the id under which the sandbox knows it; the provider gives real ones."""
        return "HX" + hashlib.blake2b(self.name.encode(), digest_size=16).hexdigest()

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the words as the customer reads them."""
        body = self.body
        for name, value in values.items():
            body = body.replace("{{" + name + "}}", value)
        return body


#: What may have to be said out of the blue; operators register these words with the provider (docs/operators/texts.md).
CONTENTS = {
    content.name: content
    for content in (
        Content("booking_confirmed", "Your booking {{1}} with RevivaTech is confirmed for {{2}}. Reply here if anything changes."),
        Content("repair_moved", "News of your repair {{1}} at RevivaTech: {{2}}. Reply here if you have a question."),
        Content("repair_ready", "Your repair {{1}} is ready to collect at RevivaTech. Reply here if you have a question."),
        Content("answer_waiting", "RevivaTech has answered you. Reply here to read it: {{1}}"),
        Content("one_time_code", "{{1}} is your RevivaTech code. Nobody from us will ask you for it."),
    )
}

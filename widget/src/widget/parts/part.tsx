/** One drawing for each kind of part; a kind without one has its words in the message's text. */

import type { JSX } from "preact";
import type { Connection } from "../connection.ts";
import type { Part } from "../protocol.ts";
import type { Offers } from "../view.ts";
import { BookingCard } from "./booking.tsx";
import { LinkCard } from "./card.tsx";
import { Choices } from "./choices.tsx";
import { ContactForm } from "./form.tsx";
import { QuoteCard } from "./quote.tsx";
import { RepairCard } from "./repair.tsx";
import { Slots } from "./slots.tsx";

export interface PartProps<P extends Part = Part> {
  part: P;
  offers: Offers;
  send: Connection["send"];
  now: number;
}

export function PartView({ part, offers, send, now }: PartProps): JSX.Element | null {
  switch (part.type) {
    case "choices":
      return <Choices part={part} offers={offers} send={send} now={now} />;
    case "slots":
      return <Slots part={part} offers={offers} send={send} now={now} />;
    case "form":
      return <ContactForm part={part} offers={offers} send={send} now={now} />;
    case "quote":
      return <QuoteCard part={part} now={now} />;
    case "booking":
      return <BookingCard part={part} />;
    case "repair":
      return <RepairCard part={part} />;
    case "card":
      return <LinkCard part={part} />;
    case "image":
      return null; // those of a message are drawn together, see shots.tsx
  }
}

/** Every sentence the desk itself says. Plain British English, no blame. */

import type { Answer, DeskConversation } from "./protocol.ts";
import type { Filter, GroupName } from "./queue.ts";

export const words = {
  visitor: "Visitor",
  queue: "Queue",
  groups: {
    waiting: "Waiting",
    free: "Left behind",
    mine: "Mine",
    others: "With colleagues",
    bot: "With the assistant",
    snoozed: "Snoozed",
  } satisfies Record<GroupName, string>,
  filters: {
    all: "All",
    waiting: "Waiting",
    free: "Left",
    mine: "Mine",
    others: "Others",
    bot: "Assistant",
    snoozed: "Snoozed",
  } satisfies Record<Filter, string>,
  search: "Search the queue",
  searchHint: "Search",
  anySkill: "Any subject",
  skill: "Subject",
  filter: "Show",
  loadingQueue: "Loading the queue",
  slow: "This takes longer than usual. Nothing is lost; it comes by itself.",
  nobody: "Nobody is waiting",
  nobodyText: "A new customer appears here by themselves.",
  noMatch: "Nothing matches",
  noMatchText: "Try fewer words, or show everything.",
  showAll: "Show everything",
  waitingFor: (span: string) => (span === "now" ? "waiting since just now" : `waiting for ${span}`),
  late: "long wait",
  unread: (count: number) => `${count} unread`,
  priority: ["", "Soon", "High", "Urgent"],
  callBack: "Ring back",
  preview: { customer: "", bot: "Assistant: ", technician: "Shop: ", system: "" } as Record<string, string>,
  photo: "Photo",
  pick: "Choose a conversation",
  pickText: (waiting: number) =>
    waiting === 0
      ? "Nobody is waiting. Everything is calm."
      : waiting === 1
        ? "One customer is waiting for a person."
        : `${waiting} customers are waiting for a person.`,
  next: "Open the next one",
  helpHint: "Press ? for the keys.",
  back: "Back to the queue",
  opening: "Opening the conversation",
  cannotOpen: "This conversation cannot be opened",
  cannotOpenText: "It may have been removed, or the line was lost on the way.",
  again: "Try again",
  nothingSaid: "Nothing has been said here yet.",
  take: "Take",
  takeOver: "Take over",
  reopen: "Open again",
  resolve: "Resolve",
  release: "Back to the assistant",
  transfer: "Transfer",
  snooze: "Snooze",
  wakeNow: "Wake now",
  more: "More",
  details: "Details",
  closeDetails: "Close details",
  held: "You have it",
  status: {
    mine: "You have this conversation",
    others: (name: string) => `${name} has this conversation`,
    free: "Nobody has this conversation",
    waiting: (span: string) => `Waiting for a person${span === "now" ? "" : `, ${span}`}`,
    bot: "The assistant is answering",
    closed: "Closed",
    snoozed: (until: string) => `Snoozed until ${until}`,
  },
  lost: (name: string | null) =>
    name ? `${name} has this conversation now. You can read along and write notes.` : "You no longer have this conversation.",
  lostDraft: "What you had written is still in the box.",
  readAlong: {
    bot: "The assistant is answering. Take over to write to the customer; it stops at once.",
    waiting: "The customer is waiting. Take the conversation to write to them.",
    free: "Nobody has this one. Take it to write to the customer.",
    others: (name: string) => `${name} is writing to this customer. You can leave a note.`,
    closed: "This conversation is closed. Open it again to write to the customer.",
  },
  reply: "Reply",
  note: "Note",
  composeAs: "Write a",
  placeholder: "Write to the customer",
  notePlaceholder: "A note for colleagues. The customer never sees it.",
  noteOf: (name: string) => `Note by ${name}`,
  notePrivate: "Only staff see this",
  canned: "Ready-made replies",
  summary: "Summary",
  wanted: "Wants",
  known: "Known",
  tried: "So far",
  customer: "Customer",
  noContact: "No name or number yet.",
  orders: "Bookings and repairs",
  noOrders: "Nothing booked from this conversation yet.",
  ordersFailed: "The orders cannot be shown just now.",
  facts: "Conversation",
  since: "Began",
  episode: "Visit number",
  subject: "Subject",
  urgency: "Priority",
  openOrder: "open the order",
  signedOut: "You were signed out. What you wrote is kept here.",
  signIn: "Sign in again",
  here: "Here",
  away: "Away",
  statusLabel: "Whether customers are told that you are there",
  soundOn: "Turn the sound on",
  soundOff: "Turn the sound off",
  keys: "Keyboard shortcuts",
  close: "Close",
  cancel: "Cancel",
  undo: "Undo",
  show: "Show",
  transferTitle: "Hand this conversation on",
  transferTo: "To",
  transferNote: "A note for whoever gets it (optional)",
  toQueue: "Back into the queue",
  nobodyElse: "No colleague is at the desk just now. You can put it back into the queue.",
  memberChats: (count: number) => (count === 0 ? "free" : count === 1 ? "1 conversation" : `${count} conversations`),
  snoozeTitle: "Bring it back",
  snoozeText: "It leaves your list until then, or until the customer writes.",
  snoozeOwn: "Another time",
  snoozes: { hour: "In an hour", later: "In three hours", tomorrow: "Tomorrow at 9:00", week: "Next week at 9:00" },
  done: {
    take: "The conversation is yours.",
    release: "The assistant has it again.",
    resolve: "Resolved.",
    snooze: (until: string) => `Snoozed until ${until}.`,
    wake: "It is back in your list.",
    transfer: (name: string) => `${name} has it now.`,
    queue: "It is back in the queue.",
  },
  waitingTitle: (count: number) => `(${count}) Desk`,
  spoke: (name: string, text: string) => `${name}: ${text}`,
  of: (name: string) => `Conversation with ${name}`,
  asked: "Asked to choose",
  askedFor: "Asked for",
} as const;

/** Why something was not done. */
export function refusalOf(answer: Extract<Answer, { ok: false }>): string {
  const { code, detail } = answer.error;
  if (code === "conversation_taken")
    return answer.technician
      ? `${answer.technician.name} was quicker. Nothing was changed.`
      : "It changed hands a moment ago. Nothing was changed; look again.";
  return REFUSALS[code] ?? (detail || "That did not work. Nothing was changed.");
}

const REFUSALS: Readonly<Record<string, string>> = {
  offline: "The line is down. Try again when it is back.",
  no_answer: "No answer came. What is shown is being brought up to date.",
  move_not_allowed: "That is not possible as things stand now.",
  technician_away: "They have just left the desk. Choose somebody else, or the queue.",
  technician_unknown: "They are no longer one of the team.",
  until_invalid: "Choose a time between a minute and thirty days ahead.",
  forbidden: "Your role does not include this.",
};

/** Why a message was refused, where the desk knows better than the widget. */
export const MESSAGE_REFUSALS: Readonly<Record<string, string>> = {
  conversation_taken: "Not sent: the conversation had changed hands.",
  conversation_unknown: "Not sent: the conversation is no longer there.",
  forbidden: "Not sent: your role does not include this.",
};

export const CANNED: readonly { readonly title: string; readonly text: (name: string | null, me: string | null) => string }[] = [
  { title: "Hello", text: (name, me) => `Hello${name ? ` ${name}` : ""}, ${me ?? "a technician"} from the workshop here. How can I help?` },
  { title: "A moment, please", text: () => "Thank you, give me a moment to look into this." },
  { title: "A photo would help", text: () => "Could you send me a photo of the damage? The camera button is below the text." },
  { title: "Serial number", text: () => "Could you tell me the model or serial number? You find it in the settings under About." },
  { title: "Data and backup", text: () => "We never look at your data. If you can, please make a backup before you bring the device in." },
  {
    title: "Swollen battery",
    text: () =>
      "Please stop using and charging it, keep it away from heat, and do not press on it. Bring it in as it is; we look at it at once.",
  },
  { title: "Anything else", text: () => "Is there anything else I can help with?" },
  { title: "Goodbye", text: (name) => `Thank you${name ? `, ${name}` : ""}. Write here any time.` },
];

export const SHORTCUTS: readonly (readonly [keys: string, does: string])[] = [
  ["J  ↓", "Next conversation"],
  ["K  ↑", "Previous conversation"],
  ["Enter", "Open it, or send what is written"],
  ["Shift Enter", "A new line"],
  ["R", "Write to the customer"],
  ["N", "Write a note"],
  ["T", "Take, or take over"],
  ["E", "Resolve"],
  ["B", "Back to the assistant"],
  ["X", "Transfer"],
  ["S", "Snooze"],
  ["Z", "Undo the last step"],
  ["I", "Show or hide the details"],
  ["/", "Search"],
  ["Esc", "Out of the box, then back to the queue"],
  ["?", "This list"],
];

export function statusOf(conversation: DeskConversation, me: string, span: string, until: string | null): string {
  switch (conversation.owner) {
    case "waiting":
      return words.status.waiting(span);
    case "bot":
      return words.status.bot;
    case "closed":
      return words.status.closed;
    case "technician":
      if (!conversation.technician) return words.status.free;
      if (until) return words.status.snoozed(until);
      return conversation.technician.id === me ? words.status.mine : words.status.others(conversation.technician.name);
  }
}

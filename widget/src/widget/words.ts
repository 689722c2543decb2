/** Every sentence the widget itself says. Plain British English, no blame. */

import type { Refusal } from "./protocol.ts";

export const TEXT_LIMIT = 4000;

export const words = {
  shop: "RevivaTech",
  launcher: "Chat with us",
  launcherUnread: (count: number) => `Chat with us, ${count} new ${count === 1 ? "message" : "messages"}`,
  close: "Close chat",
  assistant: "Assistant",
  answering: {
    bot: "Assistant, answers straight away",
    technician: (name: string | null) => (name ? `${name} is with you` : "A technician is with you"),
    waiting: (place: number | null) =>
      place === null ? "A person will be with you" : place <= 1 ? "You are next in line" : `You are number ${place} in line`,
    shut: (opens: string) => `Closed now, opens ${opens}`,
    closed: "Write any time to start again",
  },
  technicians: {
    here: "Technicians are here",
    away: "Technicians are away just now",
    back: (when: string) => `Staff back ${when}`,
  },
  todayAt: (clock: string) => `today at ${clock}`,
  tomorrowAt: (clock: string) => `tomorrow at ${clock}`,
  greeting: "Hello, how can we help?",
  greetingText: "Tell us what happened to your device. You get a price and a time here, usually within a minute.",
  botNote: "You start with our assistant. Ask for a person at any time.",
  starters: ["My screen is cracked", "My battery runs out quickly", "How much would a repair cost?", "Where is my repair?"],
  placeholder: "Write a message",
  composer: "Your message",
  send: "Send",
  tooLong: (over: number) => `${over.toLocaleString("en-GB")} ${over === 1 ? "character" : "characters"} too many`,
  left: (left: number) => `${left.toLocaleString("en-GB")} left`,
  log: "Conversation",
  loading: "Loading your conversation",
  connecting: "Connecting again. What you write is kept and sent.",
  offline: "You are offline. What you write is kept and sent.",
  refused: "We cannot reach the shop from this page just now.",
  again: "Try again",
  remove: "Remove",
  sending: "Sending",
  sent: "Sent",
  seen: "Seen",
  notSent: "Not sent",
  typing: (name: string) => `${name} is writing`,
  newMessages: (count: number) => (count === 1 ? "1 new message" : `${count} new messages`),
  latest: "Jump to latest",
  earlier: "Show earlier messages",
  you: "You",
  person: "Technician",
  today: "Today",
  yesterday: "Yesterday",
  chosen: "chosen",
  days: "Days",
  timesOf: (day: string) => `Times on ${day}`,
  times: (count: number) => `${count} ${count === 1 ? "time" : "times"}`,
  formSent: "Sent, thank you",
  optional: "(optional)",
  required: "Please fill this in.",
  email: "Please check the address, for example name@example.com.",
  phone: "Please check the number, digits only is fine.",
  vatIncluded: "including VAT",
  vatExtra: "plus VAT",
  minutes: (minutes: number) => (minutes < 120 ? `about ${minutes} minutes` : `about ${Math.round(minutes / 60)} hours`),
  warranty: (months: number) => (months === 0 ? "No warranty" : months === 1 ? "1 month’s warranty" : `${months} months’ warranty`),
  validUntil: (date: string) => `Price held until ${date}`,
  lapsed: (date: string) => `This price held until ${date}. Just ask for today’s.`,
  priceBooked: (reference: string) => `Booked, ${reference}`,
  total: "Total",
  booking: { confirmed: "Booked", attended: "With us", cancelled: "Cancelled" },
  movedFrom: (label: string) => `Moved from ${label}`,
  calendar: "Add to calendar",
  track: "Track repair",
  reference: "Reference",
  addEmoji: "Add an emoji",
  emoji: {
    "👍": "thumbs up",
    "👎": "thumbs down",
    "👌": "fine",
    "🙏": "please or thank you",
    "👋": "hello",
    "🤞": "fingers crossed",
    "🙂": "smile",
    "😀": "happy",
    "😂": "laughing",
    "😅": "relieved",
    "😊": "pleased",
    "😉": "wink",
    "😍": "love it",
    "🤔": "thinking",
    "😐": "not sure",
    "😕": "confused",
    "😢": "sad",
    "😭": "in tears",
    "😱": "shocked",
    "😡": "angry",
    "❤️": "heart",
    "🎉": "hooray",
    "📱": "telephone",
    "🔋": "battery",
  },
  soundOff: "Turn the sound off",
  soundOn: "Turn the sound on",
  addPhotos: "Add photos",
  takePhoto: "Take a photo",
  dropPhotos: "Drop photos here",
  photo: (at: number) => `Photo ${at}`,
  photoOf: (at: number, alt: string) => (alt ? `Photo ${at}: ${alt}` : `Photo ${at}`),
  photos: (count: number, alts: readonly string[]) =>
    `${count === 1 ? "1 photo" : `${count} photos`}${alts.length ? `: ${alts.join("; ")}` : ""}`,
  openPhoto: (name: string) => `${name}, open full size`,
  closePhoto: "Close photo",
  photoGone: "This photo cannot be shown just now.",
  trayOf: "Photos to send",
  photoWaiting: "waiting",
  photoSending: (share: number) => `uploading, ${Math.round(share * 100)}%`,
  photoReady: "ready to send",
  photoFailed: "not uploaded",
  describe: (at: number) => `Describe photo ${at}`,
  describeHint: "What does it show? (optional)",
  removePhoto: (at: number) => `Remove photo ${at}`,
  cancelPhoto: (at: number) => `Cancel photo ${at}`,
  retryPhoto: (at: number) => `Try photo ${at} again`,
  uploading: (count: number) => (count === 1 ? "Uploading 1 photo" : `Uploading ${count} photos`),
  readyPhotos: (count: number) => (count === 1 ? "1 photo ready to send" : `${count} photos ready to send`),
  photosLost: (count: number) =>
    count === 1
      ? "A photo was still uploading when the page closed. Please add it again."
      : `${count} photos were still uploading when the page closed. Please add them again.`,
  photosLeftOut: (count: number) => `20 photos at a time: ${count} left out.`,
  newTab: "opens in a new tab",
  more: "Read more",
} as const;

/** What is said beside a message the server refused, and whether sending it again can help. */
export function refusal(error: Refusal): { readonly text: string; readonly retry: boolean } {
  const known = REFUSALS[error.code];
  return known ?? { text: error.detail || "This could not be sent.", retry: true };
}

const REFUSALS: Readonly<Record<string, { readonly text: string; readonly retry: boolean }>> = {
  text_too_long: { text: "This is too long. Please send it in shorter pieces.", retry: false },
  too_large: { text: "This is too large to send.", retry: false },
  text_empty: { text: "There was nothing to send.", retry: false },
  choice_closed: { text: "That question has already been answered. Just write what you would like.", retry: false },
  choice_unknown: { text: "That choice is no longer offered. Just write what you would like.", retry: false },
  form_closed: { text: "That form has already been sent. Just write what should change.", retry: false },
  form_unknown: { text: "That form is no longer open. Just write it here instead.", retry: false },
  client_id_reused: { text: "This did not arrive as you wrote it. Please write it again.", retry: false },
  file_unknown: { text: "The photo is no longer here. Please add it again.", retry: false },
  file_sent: { text: "This photo has been sent already.", retry: false },
  files_too_many: { text: "That is too many photos for one message. Please send them in parts.", retry: false },
};

/** Why a photo could not be uploaded, and whether trying again can help. */
export function photoRefusal(code: string): { readonly text: string; readonly retry: boolean } {
  return PHOTO_REFUSALS[code] ?? { text: "This photo could not be uploaded.", retry: true };
}

const PHOTO_REFUSALS: Readonly<Record<string, { readonly text: string; readonly retry: boolean }>> = {
  offline: { text: "The connection was lost while this photo was uploading.", retry: true },
  file_empty: { text: "This file is empty.", retry: false },
  file_too_large: { text: "This photo is over 12 MB. Please send a smaller one.", retry: false },
  file_kind_unsupported: { text: "Only photos can be sent here: JPEG, PNG, WebP, GIF or HEIC.", retry: false },
  file_unreadable: { text: "This photo is damaged or not complete.", retry: false },
  file_too_many_pixels: { text: "This photo is over 50 megapixels. Please send a smaller one.", retry: false },
  file_infected: { text: "Our virus scanner refused this file.", retry: false },
  too_many_files: { text: "That is as many photos as we can take today. Please show us the rest in the shop.", retry: false },
};

/** Refusals that pass by themselves: the message waits in the outbox and goes out again. */
export const PASSING: ReadonlySet<string> = new Set(["too_many_messages", "too_many_requests", "unavailable", "internal"]);

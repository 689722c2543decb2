/** A short confirmation that leaves by itself. Never for errors that need action. */

const SHOWN_MS = 5000;

export function toast(words: string): void {
  let place = document.querySelector(".toasts");
  if (!place) {
    place = document.createElement("div");
    place.className = "toasts";
    place.setAttribute("role", "status");
    document.body.append(place);
  }
  const item = document.createElement("p");
  item.className = "toast";
  item.textContent = words;
  place.append(item);
  setTimeout(() => item.remove(), SHOWN_MS);
}

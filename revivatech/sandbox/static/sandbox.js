/* Keeps the list of mails fresh. Without it the page works and is refreshed by hand. */
"use strict";

const page = document.querySelector("[data-mailbox]");

if (page) {
  const items = page.querySelector("[data-items]");
  const template = page.querySelector("[data-template]").content.firstElementChild;
  const search = page.querySelector("#to");
  const opened = location.pathname.split("/")[2] ?? "";
  let asked = 0;

  const drawn = (mail) => {
    const item = template.cloneNode(true);
    const to = search.value.trim();
    item.dataset.id = mail.id;
    item.href = `/mailbox/${encodeURIComponent(mail.id)}${to ? `?to=${encodeURIComponent(to)}` : ""}`;
    item.querySelector("[data-to]").textContent = mail.to.join(", ");
    item.querySelector("[data-subject]").textContent = mail.subject || "No subject";
    item.querySelector("[data-preview]").textContent = mail.preview;
    const time = item.querySelector("[data-time]");
    time.textContent = mail.time;
    time.dateTime = mail.at;
    time.title = `${mail.day}, ${mail.time}`;
    if (mail.id === opened) item.setAttribute("aria-current", "true");
    return item;
  };

  const refresh = async () => {
    const turn = ++asked;
    const to = search.value.trim();
    const answer = await fetch(`/api/mailbox?to=${encodeURIComponent(to)}`);
    if (!answer.ok || turn !== asked) return;
    const { items: mails, total } = await answer.json();
    if (turn !== asked) return;
    const known = new Map([...items.children].map((item) => [item.dataset.id, item]));
    items.replaceChildren(
      ...mails.map((mail) => {
        const before = known.get(mail.id);
        if (before) return before;
        const item = drawn(mail);
        item.classList.add("fresh");
        return item;
      }),
    );
    page.querySelector("[data-count]").textContent = `${total} ${total === 1 ? "mail" : "mails"}${to ? ` to “${to}”` : ""}`;
    page.querySelector("[data-empty]").hidden = mails.length > 0;
    page.querySelector("[data-clear]").disabled = total === 0;
  };

  const news = new EventSource("/api/mailbox/events");
  news.addEventListener("changed", refresh);
  // After a lost connection something may have been missed.
  news.addEventListener("open", refresh);
  search.addEventListener("input", refresh);
  addEventListener("pagehide", () => news.close());
}

/* Shows what came meanwhile, and sends without leaving the page. Without it the page works and is refreshed by hand. */
"use strict";

const page = document.querySelector("[data-telephones]");

if (page) {
  const threads = [...page.querySelectorAll("[data-thread]")];

  const element = (name, className, text) => {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  };

  const drawn = (text) => {
    const item = element("li", text.mine ? "telephone__text telephone__text--mine" : "telephone__text", "");
    if (text.body) item.append(element("p", "", text.body));
    for (const one of text.media) {
      if (one.picture) {
        const picture = element("img", "", "");
        picture.src = one.url;
        picture.alt = "Photo";
        item.append(picture);
      } else item.append(element("p", "small", one.content_type));
    }
    for (const url of text.media_urls) {
      const link = element("a", "small", "Photo");
      if (/^https?:/.test(url)) link.href = url;
      link.target = "_blank";
      link.rel = "noreferrer";
      item.append(link);
    }
    const state = text.mine ? "" : ` · ${text.template ? "template, " : ""}${text.status}${text.error_code ? ` ${text.error_code}` : ""}`;
    item.append(element("span", "telephone__state", `${text.time}${state}`));
    return item;
  };

  const refresh = async () => {
    for (const thread of threads) {
      const { phone, channel } = thread.dataset;
      if (channel === "whatsapp") await fetch(`/api/telephone/read?phone=${encodeURIComponent(phone)}`, { method: "POST" });
      const answer = await fetch(`/api/telephone?phone=${encodeURIComponent(phone)}&channel=${channel}`);
      if (!answer.ok) continue;
      const { items } = await answer.json();
      thread.replaceChildren(...(items.length ? items.map(drawn) : [element("li", "telephone__none muted small", "Nothing yet.")]));
      thread.scrollTo(0, thread.scrollHeight);
    }
  };

  const news = new EventSource("/api/telephone/events");
  news.addEventListener("changed", refresh);
  // After a lost connection something may have been missed.
  news.addEventListener("open", refresh);
  addEventListener("pagehide", () => news.close());
  page.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.target.name !== "body") return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });
  page.addEventListener("submit", async (event) => {
    if (!event.target.matches(".telephone__write")) return;
    event.preventDefault();
    const form = event.target;
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
    if (answer.type === "opaqueredirect") form.reset();
  });
}

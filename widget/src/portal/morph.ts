/** Turns a part of the page into its newer self, touching only what differs: focus, typed text and scroll stay. */

/** `fresh` marks what was not there before, so that the style sheet can let it arrive. */
export function morph(old: Element, next: Element): void {
  if (old.isEqualNode(next)) return;
  morphAttributes(old, next);
  const spare = [...old.childNodes];
  let at: ChildNode | null = old.firstChild;
  for (const child of next.childNodes) {
    const twin = spare.findIndex((candidate) => alike(candidate, child));
    const kept = twin < 0 ? undefined : spare.splice(twin, 1)[0];
    if (kept) {
      if (kept !== at) old.insertBefore(kept, at);
      else at = kept.nextSibling;
      morphNode(kept, child);
    } else {
      const added = document.importNode(child, true);
      if (added instanceof Element) added.classList.add("fresh");
      old.insertBefore(added, at);
    }
  }
  for (const left of spare) left.remove();
}

function morphNode(old: ChildNode, next: ChildNode): void {
  if (old instanceof Element) morph(old, next as Element);
  else if (old.nodeValue !== next.nodeValue) old.nodeValue = next.nodeValue;
}

/** What a person has opened, typed or chosen is theirs. */
const KEPT: ReadonlySet<string> = new Set(["open", "checked", "value"]);

function morphAttributes(old: Element, next: Element): void {
  const typed = old instanceof HTMLInputElement && old.type !== "hidden";
  const keep = (name: string): boolean => (KEPT.has(name) && (typed || old instanceof HTMLDetailsElement)) || name === "nonce";
  for (const { name } of [...old.attributes]) if (!next.hasAttribute(name) && !keep(name)) old.removeAttribute(name);
  for (const { name, value } of next.attributes) if (old.getAttribute(name) !== value && !keep(name)) old.setAttribute(name, value);
}

const alike = (a: Node, b: Node): boolean =>
  a.nodeType === b.nodeType && a.nodeName === b.nodeName && (!(a instanceof Element) || keyOf(a) === keyOf(b as Element));

/** Rows are known by their link, moments by their time, anything else by its id: position alone says nothing. */
function keyOf(element: Element): string {
  if (element.id) return element.id;
  if (element.localName === "tr") return element.querySelector("a[href]")?.getAttribute("href") ?? "";
  if (element.localName === "li") {
    return element.querySelector("time")?.getAttribute("datetime") ?? element.querySelector("a[href]")?.getAttribute("href") ?? "";
  }
  return "";
}

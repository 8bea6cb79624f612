import DOMPurify from "dompurify";
import { marked } from "marked";
import { strings } from "#web/strings.ts";

const allowedTags = (
  "h1 h2 h3 h4 h5 h6 p a ul ol li blockquote code pre em strong del hr br table thead tbody tr th td input sup sub " +
  "details summary kbd"
).split(" ");

/** DOMPurify holds every attribute against this, not only addresses: no scheme, or one of ours. */
const harmless = /^(?:(?:https?|mailto):|[^a-z]|[a-z+.-]+(?:[^a-z+.\-:]|$))/i;
const absolute = /^(?:https?|mailto):/i;

/**
 * Markdown as HTML that is safe to put into the page: a short list of tags without style, class, id or scripts; pictures
 * become links, for loading one would tell a stranger who reads the file; links open in a new tab without a way back.
 */
export function renderMarkdown(text: string): string {
  const html = marked.parse(text, { async: false, gfm: true });
  const fragment = DOMPurify.sanitize(html, {
    ALLOWED_TAGS: [...allowedTags, "img"],
    ALLOWED_ATTR: [
      "href",
      "src",
      "alt",
      "title",
      "type",
      "checked",
      "disabled",
      "colspan",
      "rowspan",
      "start",
      "align",
    ],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOWED_URI_REGEXP: harmless,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const image of fragment.querySelectorAll("img")) image.replaceWith(pictureLink(image));
  for (const link of fragment.querySelectorAll("a")) {
    // A path beside the file means nothing on this page.
    if (!absolute.test(link.getAttribute("href") ?? "")) link.removeAttribute("href");
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  }
  for (const box of fragment.querySelectorAll("input")) {
    if (box.type !== "checkbox") box.remove();
    box.disabled = true;
    box.ariaLabel = box.checked ? strings.preview.taskDone : strings.preview.taskOpen;
  }
  // A long line scrolls inside its block, which the keyboard must reach.
  for (const block of fragment.querySelectorAll("pre")) block.tabIndex = 0;
  const holder = document.createElement("div");
  holder.append(fragment);
  return holder.innerHTML;
}

function pictureLink(image: HTMLImageElement): HTMLElement {
  const source = image.getAttribute("src");
  const label = image.alt || source || "";
  if (!source || !absolute.test(source)) return Object.assign(document.createElement("em"), { textContent: label });
  return Object.assign(document.createElement("a"), { href: source, textContent: label });
}

import DOMPurify from "dompurify";
import { marked } from "marked";

const allowedTags = (
  "h1 h2 h3 h4 h5 h6 p a ul ol li blockquote code pre em strong del hr br table thead tbody tr th td input sup sub " +
  "details summary kbd"
).split(" ");

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
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|#)/i,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const image of fragment.querySelectorAll("img")) image.replaceWith(pictureLink(image));
  for (const link of fragment.querySelectorAll("a")) {
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  }
  for (const box of fragment.querySelectorAll("input")) {
    if (box.type !== "checkbox") box.remove();
    box.disabled = true;
    box.ariaLabel = box.checked ? "✓" : "–";
  }
  const holder = document.createElement("div");
  holder.append(fragment);
  return holder.innerHTML;
}

function pictureLink(image: HTMLImageElement): HTMLElement {
  const source = image.getAttribute("src");
  const label = image.alt || source || "";
  if (!source) return Object.assign(document.createElement("em"), { textContent: label });
  return Object.assign(document.createElement("a"), { href: source, textContent: label });
}

import type { AppError } from "#platform/errors";
import { pageHeaders } from "#platform/http";

/** Text that is HTML already; everything else is escaped when it is put into `html`. */
class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
type Part = string | Markup | readonly Markup[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function render(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === "string") return part.replaceAll(/[&<>"']/g, (letter) => entities[letter] ?? "");
  return part.map(render).join("");
}

/** A template whose values cannot become markup. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(texts.reduce((text, next, i) => text + render(parts[i - 1] ?? "") + next));
}

/** For forms that a library wrote. */
export function trustedMarkup(text: string): Markup {
  return new Markup(text);
}

export type { Markup };

/** The door of src/web/ui/door.tsx and the colours of src/web/theme.ts, without script. */
const style = `
:root{color-scheme:light dark;--page:light-dark(#ffffff,#131316);--panel:light-dark(#fafafa,#19191d);--line:light-dark(#e0e0e3,#303037);--text:light-dark(#1c1c20,#ededf0);--dimmed:light-dark(#6d6d77,#a4a4ae);--accent:light-dark(#bf4405,#ff8a50)}
*{box-sizing:border-box}
body{margin:0;min-height:100dvh;display:grid;place-items:center;padding:20px;background:var(--panel);color:var(--text);font:14px/1.5 "Inter Variable",Inter,system-ui,sans-serif}
main{width:100%;max-width:368px;padding:32px;background:var(--page);border:1px solid var(--line);border-radius:16px}
header{display:flex;flex-direction:column;align-items:center;gap:12px;margin-bottom:20px;text-align:center}
h1{margin:0;font-size:20px;font-weight:600;line-height:1.3;overflow-wrap:anywhere}
p{margin:0 0 16px}
ul{margin:0 0 20px;padding:0;list-style:none;border-top:1px solid var(--line)}
li{padding:12px 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
small{display:block;color:var(--dimmed);font-size:12px}
form,nav{display:grid;gap:8px}
button,a.button{display:block;width:100%;min-height:42px;padding:9px 16px;border:1px solid var(--line);border-radius:8px;background:transparent;color:inherit;font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
.primary{background:#bf4405;border-color:#bf4405;color:#fff}
.primary:hover{background:#a93c04}
a{color:var(--accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media (max-width:480px){body{background:var(--page);place-items:start center;padding:8vh 0 0}main{border:0;padding:0 20px}}
`;

/** Written here as a whole: the policy names the hash of every byte between the tags. */
const styleElement = new Markup(`<style>${style}</style>`);
const styleHash = new Bun.CryptoHasher("sha256").update(style).digest("base64");

/**
 * A form of these pages ends at the application, wherever that is: Chromium holds each redirect that follows against
 * `form-action`. Nothing on them is anybody else's markup, so the scheme is limit enough.
 */
export const doorPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'sha256-${styleHash}'`,
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'self' https: http:",
  "frame-ancestors 'none'",
].join("; ");

export const doorHeaders: Readonly<Record<string, string>> = {
  ...pageHeaders,
  // With no referrer at all a browser sends `Origin: null` with a form, and over plain HTTP nothing else says where it comes from.
  "referrer-policy": "same-origin",
  "content-security-policy": doorPolicy,
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
};

const mark = new Markup(
  `<svg width="48" height="48" viewBox="0 0 512 512" aria-hidden="true" focusable="false"><rect width="512" height="512" rx="112" fill="#e8590c"/><path d="M256 84c14 62 96 96 96 190a96 96 0 0 1-192 0c0-38 18-66 42-90 2 30 14 48 32 56-8-62 2-112 22-156z" fill="#fff"/><path d="M256 262c8 30 40 44 40 84a40 40 0 0 1-80 0c0-40 32-54 40-84z" fill="#e8590c"/><rect x="136" y="398" width="240" height="28" rx="14" fill="#fff"/></svg>`,
);

/** A whole page with one heading: what one sees at the door. */
export function doorPage(title: string, body: Markup): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Hearth</title>
        ${styleElement}
      </head>
      <body>
        <main>
          <header>
            ${mark}
            <h1>${title}</h1>
          </header>
          ${body}
        </main>
      </body>
    </html> `.text;
}

/** What went wrong, for somebody at a browser. */
export function problemPage(error: AppError): Response {
  return doorResponse(
    error.status,
    "The login did not work",
    html`<p>${error.detail}</p>
      <nav><a class="button primary" href="/login">Back to the login</a></nav>
      <p></p>
      <small>Error ${error.id}</small>`,
  );
}

export function doorResponse(status: number, title: string, body: Markup): Response {
  return new Response(doorPage(title, body), { status, headers: doorHeaders });
}

import type { Person } from "#security/identity";
import { doorPolicy, doorResponse, html, type Markup } from "#security/oidc";

/** Asks whether an app may get an app password. `address` is where it asked from, when that is another device. */
export function askPage(app: string, person: Person, address: string | undefined): Response {
  const from = address === undefined ? html`` : html`<li>asked from<small>${address}</small></li>`;
  const page = doorResponse(
    200,
    `Connect ${app}?`,
    html`<p>
        It will be able to read and change the files of <strong>${person.displayName}</strong>. Go on only if you have
        just begun this yourself.
      </p>
      <ul>
        <li>account<small>${person.name}</small></li>
        ${from}
      </ul>
      <form method="post">
        <button class="primary" name="decision" value="allow" autofocus>Connect</button>
        <button name="decision" value="deny">Not now</button>
      </form>
      <p></p>
      <small>It gets an app password of its own, which you can withdraw on your devices page.</small>`,
  );
  return withAppScheme(page);
}

/** A phone's app is told the result by an address of its own scheme, which the form leads to. */
function withAppScheme(page: Response): Response {
  page.headers.set("content-security-policy", doorPolicy.replace(/form-action [^;]*/, "form-action 'self' nc:"));
  return page;
}

export function confirmPage(app: string, person: Person): Response {
  return doorResponse(
    200,
    "Confirm that it is you",
    html`<p>An app password for ${app} is a key to your files, ${person.displayName}. Log in afresh to make one.</p>
      <form method="post">
        <button class="primary" name="decision" value="login-again" autofocus>Log in again</button>
        <button name="decision" value="deny">Not now</button>
      </form>`,
  );
}

export function secondFactorPage(app: string): Response {
  return doorResponse(
    403,
    "Set up a second factor first",
    html`<p>One of your roles needs a second factor before ${app} can be connected.</p>
      ${toPage("/account", "Go to your account")}`,
  );
}

export function connectedPage(app: string): Response {
  return doorResponse(200, `${app} is connected`, html`<p>You can close this page and go back to the app.</p>`);
}

export function deniedPage(app: string): Response {
  return doorResponse(200, `${app} was not connected`, html`<p>Nothing was changed. You can close this page.</p>`);
}

export function expiredPage(): Response {
  return doorResponse(
    404,
    "This login has expired",
    html`<p>It was not finished within 20 minutes, or it is done already. Begin again in the app.</p>
      ${toPage("/", "Go to Hearth")}`,
  );
}

function toPage(href: string, label: string): Markup {
  return html`<nav><a class="button" href="${href}">${label}</a></nav>`;
}

import type { Person } from "#security/identity";
import type { OidcClient } from "./contract.ts";
import { doorResponse, html, type Markup } from "./pages.ts";

/** Asks once what the application may learn. */
export function askPage(client: OidcClient, person: Person, scopes: readonly string[]): Response {
  const lines = scopes.flatMap((scope) => scopeLine(scope, person));
  return doorResponse(
    200,
    `Log in to ${client.name}?`,
    html`<p>${client.name} wants to let you in as <strong>${person.displayName}</strong>. It will be able to:</p>
      <ul>
        ${lines}
      </ul>
      <form method="post">
        <button class="primary" name="decision" value="allow" autofocus>Allow</button>
        <button name="decision" value="deny">Not now</button>
      </form>
      <p></p>
      <small>You are sent on to ${hostsOf(client)}. You can withdraw this on your account page.</small>`,
  );
}

function scopeLine(scope: string, person: Person): Markup[] {
  switch (scope) {
    case "openid":
      return [html`<li>recognise you when you come back<small>by a name that says nothing about you</small></li>`];
    case "profile":
      return [html`<li>see your name<small>${person.displayName}, ${person.name}</small></li>`];
    case "groups":
      return [html`<li>see your groups<small>${person.groups.join(", ") || "You are in none"}</small></li>`];
    case "offline_access":
      return [
        html`<li>
          keep you logged in while you are away<small>until you withdraw it, or 30 days without use</small>
        </li>`,
      ];
    default:
      return [];
  }
}

export function confirmPage(client: OidcClient, person: Person): Response {
  return doorResponse(
    200,
    "Confirm that it is you",
    html`<p>${client.name} wants you, ${person.displayName}, to log in afresh.</p>
      ${ways("Log in again")}`,
  );
}

export function otherPersonPage(client: OidcClient, person: Person): Response {
  return doorResponse(
    403,
    "You are somebody else here",
    html`<p>${client.name} expects another account than ${person.displayName}.</p>
      ${ways("Log in as somebody else")}`,
  );
}

export function refusedPage(client: OidcClient, person: Person): Response {
  return doorResponse(
    403,
    `${client.name} is not for this account`,
    html`<p>${person.displayName} may not use it. Whoever looks after this server can change that.</p>
      ${ways("Log in as somebody else")}`,
  );
}

export function twoFactorsPage(client: OidcClient, person: Person): Response {
  return doorResponse(
    403,
    "A second factor is needed",
    html`<p>
        ${client.name} lets in only who has shown two factors, as a password and a code, or a passkey.
        ${person.displayName} has shown one. <a href="/account">Set up a second factor</a> if you have none.
      </p>
      ${ways("Log in with two factors")}`,
  );
}

export function expiredPage(): Response {
  return doorResponse(
    404,
    "This login has expired",
    html`<p>
        It was not finished within 15 minutes, or it began in another browser. Go back to the application and log in
        again.
      </p>
      <nav><a class="button" href="/">Go to Hearth</a></nav>`,
  );
}

function ways(again: string): Markup {
  return html`<form method="post">
    <button class="primary" name="decision" value="login-again">${again}</button>
    <button name="decision" value="deny">Back to the application</button>
  </form>`;
}

function hostsOf({ redirectUris }: OidcClient): string {
  return [...new Set(redirectUris.map((uri) => new URL(uri).host))].join(", ");
}

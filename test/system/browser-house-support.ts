import type { Locator, Page } from "playwright-core";
import type { SecureHome } from "./browser-security-support.ts";
import { useBrowser } from "./browser-support.ts";

/** A page of the security area as it first stands there. */
export interface HousePage {
  readonly path: string;
  /** Until this is shown, the page is not there. */
  readonly shows: string;
}

/** Every page of the area for an owner whose house has an authority. */
export const housePages: readonly HousePage[] = [
  { path: "/security", shows: "The parts" },
  { path: "/security/rules", shows: "Metrics are for the household" },
  { path: "/security/attacks", shows: "Climbing out of folders" },
  { path: "/security/vpn", shows: "Zones of your own" },
  { path: "/security/certificates", shows: "Where a certificate is required" },
  { path: "/security/second-factors", shows: "Who has what" },
  { path: "/security/sign-on", shows: "Address of this house" },
  { path: "/security/audit", shows: "Check the log" },
  { path: "/account/vpn", shows: "Your devices" },
];

/** A browser whose pages belong to the owner of the house. */
export function useOwner(home: () => SecureHome) {
  const visit = useBrowser();
  return async (look: { readonly isPhone?: boolean; readonly isDark?: boolean } = {}) =>
    visit({ url: home().url, cookie: await home().owner(), ...look });
}

/** The message that tells of a change, with the button that takes it back. */
export const message = (page: Page, text: string | RegExp): Locator =>
  page.getByRole("alert").filter({ hasText: text });

/** Takes the change back that a message tells of. */
export async function undo(page: Page, text: string | RegExp): Promise<void> {
  await message(page, text).getByRole("button", { name: "Undo" }).click();
}

/** A rule of the list by its name. */
export const rule = (page: Page, title: string): Locator =>
  page.getByRole("list", { name: "Firewall rules" }).getByRole("listitem").filter({ hasText: title });

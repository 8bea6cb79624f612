import type { Link } from "#contract/apps/files/links";
import { expiryFormOf, expiryMs, type ExpiryForm } from "#web/ui/expiry.ts";

/** What the form of a link holds. */
export interface LinkForm extends ExpiryForm {
  readonly mode: Link["mode"];
  readonly passwordOn: boolean;
  /** Empty keeps the password of an existing link. */
  readonly password: string;
  readonly limit: string;
}

export interface LinkRules {
  readonly mode: Link["mode"];
  /** Undefined keeps what is there. */
  readonly password: string | null | undefined;
  readonly expiresAtMs: number | null;
  readonly downloadLimit: number | null;
}

export type FormProblem = "password" | "date" | "limit";

export const newLinkForm: LinkForm = {
  mode: "view",
  passwordOn: false,
  password: "",
  expiry: "month",
  date: "",
  limit: "",
};

/** The form of an existing link. */
export function formOf(link: Link): LinkForm {
  return {
    mode: link.mode,
    passwordOn: link.hasPassword,
    password: "",
    ...expiryFormOf(link.expiresAtMs),
    limit: link.downloadLimit === null ? "" : String(link.downloadLimit),
  };
}

/** What a form means, or which field is wrong. `existing` is the link that is edited. */
export function rulesOf(
  form: LinkForm,
  nowMs: number,
  existing: Link | null,
): { readonly rules: LinkRules } | { readonly problem: FormProblem } {
  const keepsPassword = form.passwordOn && form.password === "" && existing?.hasPassword === true;
  if (form.passwordOn && !keepsPassword && form.password.length < 4) return { problem: "password" };
  const expiresAtMs = expiryMs(form, nowMs, existing?.expiresAtMs ?? null);
  if (Number.isNaN(expiresAtMs)) return { problem: "date" };
  const downloadLimit = form.limit.trim() === "" ? null : Number(form.limit);
  if (downloadLimit !== null && !(Number.isSafeInteger(downloadLimit) && downloadLimit >= 1))
    return { problem: "limit" };
  const password = keepsPassword ? undefined : form.passwordOn ? form.password : null;
  return { rules: { mode: form.mode, password, expiresAtMs, downloadLimit } };
}

/** Why a link no longer opens, if so. */
export function endedBy(
  link: Pick<Link, "expiresAtMs" | "downloadLimit" | "downloads">,
  nowMs: number,
): "expired" | "limit" | null {
  if (link.expiresAtMs !== null && link.expiresAtMs <= nowMs) return "expired";
  return link.downloadLimit !== null && link.downloads >= link.downloadLimit ? "limit" : null;
}

import type { Link } from "#contract/apps/files/links";

export type Expiry = "never" | "day" | "week" | "month" | "year" | "date";

/** What the form of a link holds. */
export interface LinkForm {
  readonly mode: Link["mode"];
  readonly passwordOn: boolean;
  /** Empty keeps the password of an existing link. */
  readonly password: string;
  readonly expiry: Expiry;
  /** `YYYY-MM-DD` in the person's zone; used with `expiry: "date"`. */
  readonly date: string;
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

const dayMs = 86_400_000;
const presetDays: Readonly<Record<Exclude<Expiry, "never" | "date">, number>> = {
  day: 1,
  week: 7,
  month: 30,
  year: 365,
};

/** The end of a day in the person's zone, or NaN. */
export function endOfDayMs(date: string): number {
  return new Date(`${date}T23:59:59.999`).getTime();
}

/** The form of an existing link. */
export function formOf(link: Link): LinkForm {
  return {
    mode: link.mode,
    passwordOn: link.hasPassword,
    password: "",
    expiry: link.expiresAtMs === null ? "never" : "date",
    date: link.expiresAtMs === null ? "" : localDate(link.expiresAtMs),
    limit: link.downloadLimit === null ? "" : String(link.downloadLimit),
  };
}

export function localDate(atMs: number): string {
  const at = new Date(atMs);
  return `${String(at.getFullYear()).padStart(4, "0")}-${String(at.getMonth() + 1).padStart(2, "0")}-${String(at.getDate()).padStart(2, "0")}`;
}

/** What a form means, or which field is wrong. `existing` is the link that is edited. */
export function rulesOf(
  form: LinkForm,
  nowMs: number,
  existing: Link | null,
): { readonly rules: LinkRules } | { readonly problem: FormProblem } {
  const keepsPassword = form.passwordOn && form.password === "" && existing?.hasPassword === true;
  if (form.passwordOn && !keepsPassword && form.password.length < 4) return { problem: "password" };
  const expiresAtMs = expiryOf(form, nowMs, existing);
  if (expiresAtMs !== null && !(expiresAtMs > nowMs)) return { problem: "date" };
  const downloadLimit = form.limit.trim() === "" ? null : Number(form.limit);
  if (downloadLimit !== null && !(Number.isSafeInteger(downloadLimit) && downloadLimit >= 1))
    return { problem: "limit" };
  const password = keepsPassword ? undefined : form.passwordOn ? form.password : null;
  return { rules: { mode: form.mode, password, expiresAtMs, downloadLimit } };
}

function expiryOf(form: LinkForm, nowMs: number, existing: Link | null): number | null {
  if (form.expiry === "never") return null;
  if (form.expiry !== "date") return nowMs + presetDays[form.expiry] * dayMs;
  const untouched = existing?.expiresAtMs != null && localDate(existing.expiresAtMs) === form.date;
  return untouched ? existing.expiresAtMs : endOfDayMs(form.date);
}

/** Why a link no longer opens, if so. */
export function endedBy(
  link: Pick<Link, "expiresAtMs" | "downloadLimit" | "downloads">,
  nowMs: number,
): "expired" | "limit" | null {
  if (link.expiresAtMs !== null && link.expiresAtMs <= nowMs) return "expired";
  return link.downloadLimit !== null && link.downloads >= link.downloadLimit ? "limit" : null;
}

import type { MadeUpRequest } from "#contract/security/guard";
import type { Input } from "#web/client.ts";

/** The test box as it is filled in. */
export interface TestForm {
  readonly method: string;
  readonly path: string;
  /** A zone, or `address` with an address of its own. */
  readonly from: "household" | "vpn" | "outside" | "address";
  readonly address: string;
  /** A login name; empty is nobody. */
  readonly user: string;
  readonly strength: MadeUpRequest["strength"] & string;
  readonly via: MadeUpRequest["via"] & string;
  readonly certificate: boolean;
  readonly day: NonNullable<MadeUpRequest["at"]>["day"] | "";
  readonly time: string;
  readonly bodyMiB: number;
  readonly contentType: string;
}

export const emptyTest: TestForm = {
  method: "GET",
  path: "/",
  from: "outside",
  address: "",
  user: "",
  strength: "one-factor",
  via: "session",
  certificate: false,
  day: "",
  time: "12:00",
  bodyMiB: 0,
  contentType: "",
};

const mebibyte = 1024 * 1024;

/** The made-up request of a form; what is left open is left out. */
export function requestOf(form: TestForm): Input<"guard.test">["request"] {
  const { user } = form;
  return {
    method: form.method,
    path: form.path.startsWith("/") ? form.path : `/${form.path}`,
    ...(form.from === "address" ? { address: form.address.trim() } : { zone: form.from }),
    ...(user === "" ? {} : { user, strength: form.strength, via: form.via }),
    ...(form.certificate ? { certificate: true } : {}),
    ...(form.day === "" ? {} : { at: { day: form.day, time: form.time } }),
    ...(form.bodyMiB > 0 ? { bodyBytes: Math.round(form.bodyMiB * mebibyte) } : {}),
    ...(form.contentType.trim() === "" ? {} : { contentType: form.contentType.trim().toLowerCase() }),
  };
}

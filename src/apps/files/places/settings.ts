import type { z } from "zod";
import type { PlaceAddress, placesContract, ProbeOutcome } from "#contract/apps/files/places";
import { AppError } from "#platform/errors";
import { type External, fingerprintOf, hostAndPort, RemoteOffline, sentenceOf } from "#storage/external";
import { namesOf } from "./paths.ts";
import type { PlaceRow } from "./repository.ts";

type ProbeAnswer = z.output<(typeof placesContract)["places.probe"]["output"]>;

/** How a place is reached, complete. */
export interface Reach {
  readonly address: PlaceAddress;
  readonly secret: string;
  readonly hostKey: string;
}

/** The address in the one form in which it is kept. Throws `bad-request` with what is wrong. */
export function cleanAddress(address: PlaceAddress): PlaceAddress {
  const { kind } = address;
  const isUrl = kind === "webdav" || kind === "s3";
  const needsContainer = kind === "smb" || kind === "s3";
  const container = needsContainer ? address.container.trim() : "";
  if (needsContainer && (container === "" || /[/\\]/.test(container) || container.startsWith("."))) {
    throw new AppError("bad-request", kind === "smb" ? "Name the share." : "Name the bucket.");
  }
  if (address.user.trim() === "" && kind !== "webdav") throw new AppError("bad-request", "Name the user.");
  return {
    ...{ kind, container, user: address.user.trim(), region: kind === "s3" ? address.region.trim() : "" },
    address: isUrl ? cleanUrl(address.address, kind === "s3") : cleanHost(address.address),
    folder: cleanFolder(address.folder, kind === "sftp"),
  };
}

function cleanUrl(text: string, mayBeEmpty: boolean): string {
  if (mayBeEmpty && text.trim() === "") return "";
  const url = URL.parse(text.trim());
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new AppError("bad-request", "The address must begin with https:// (or http://).");
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new AppError("bad-request", "The address must hold no password, question mark or #.");
  }
  return url.href;
}

function cleanHost(text: string): string {
  const { host, port } = hostAndPort(text);
  if (!/^[A-Za-z0-9._:%-]+$/.test(host) || host.startsWith("-") || Number(port) > 65_535) {
    throw new AppError("bad-request", "The address must be the name of a machine, as nas.lan or nas.lan:2222.");
  }
  return text.trim();
}

function cleanFolder(text: string, mayBeAbsolute: boolean): string {
  const inner = text.trim().replace(/^\/+/, "").replace(/\/+$/, "");
  const names = namesOf(inner);
  return `${mayBeAbsolute && text.trim().startsWith("/") ? "/" : ""}${names.join("/")}`;
}

/** Whether a secret may be sent there that was given for the place as it was: to nobody else than before. */
export function isSameReceiver(place: PlaceRow, address: PlaceAddress): boolean {
  return place.kind === address.kind && place.address === address.address && place.user === address.user;
}

/**
 * Tries a place. An SFTP server that shows another key than the one that was seen, or the first one, is asked for nothing: the answer
 * has its fingerprint, to be compared and given back.
 */
export async function probe(
  external: External,
  { address, secret, hostKey }: Reach,
  seenFingerprint: string | null | undefined,
): Promise<ProbeAnswer & { readonly hostKey: string }> {
  const answer = (outcome: ProbeOutcome, detail: string, key: string) => ({
    ...{ outcome, detail, hostKey: key },
    fingerprint: key === "" ? null : fingerprintOf(key),
  });
  let key = "";
  if (address.kind === "sftp") {
    const shown = await shownKey(external, address.address);
    if (shown instanceof RemoteOffline) return answer(shown.outcome, shown.detail, "");
    const isSeen = (seenFingerprint ?? null) === null ? shown === hostKey : seenFingerprint === fingerprintOf(shown);
    const isFirst = hostKey === "" && (seenFingerprint ?? null) === null;
    const first = "This is the key of the server. Compare it if you can; from then on it must stay the same.";
    if (!isSeen) return answer("host-key", isFirst ? first : sentenceOf("host-key"), shown);
    key = shown;
  }
  const outcome = await external.probe({ ...address, secret, hostKey: key });
  if (outcome === undefined) return answer("ok", "The connection works.", key);
  return answer(outcome, sentenceOf(outcome), key);
}

async function shownKey(external: External, address: string): Promise<string | RemoteOffline> {
  try {
    return await external.hostKey(address);
  } catch (thrown) {
    if (thrown instanceof RemoteOffline) return thrown;
    throw thrown;
  }
}

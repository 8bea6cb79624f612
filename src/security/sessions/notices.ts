import { isIPv4 } from "node:net";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { networkOf, type Person } from "#security/identity";
import type { Notice } from "./contract.ts";
import { deviceNameOf } from "./device-name.ts";
import { createNoticeRepository, type NoticeRow } from "./repository.ts";

/** Of whom something is told: the caller of an operation. */
interface Cause {
  readonly address: string;
  readonly userAgent: string;
}

/** What a person should know about their account, until they put it away. Synchronous, within the caller's transaction. */
export interface Notices {
  add(personId: number, kind: Notice["kind"], from: Cause, subject?: string, sessionId?: string): void;
  /**
   * Remembers the device of a login; says whether it is a new one and then leaves a notice. The first device ever is no news.
   */
  noteDevice(person: Person, from: Cause, deviceId: string | null, sessionId: string): boolean;
  /** Newest first. */
  list(personId: number): Notice[];
  /** All of them without an id; false when there was none. */
  dismiss(personId: number, id?: number): boolean;
}

const maxDevices = 100;
const maxNotices = 100;

export function createNotices({ db, clock }: { readonly db: Db; readonly clock: Clock }): Notices {
  const repository = createNoticeRepository(db);
  const add: Notices["add"] = (personId, kind, { address, userAgent }, subject = "", sessionId) => {
    const device = deviceNameOf(userAgent);
    const session_id = sessionId ?? null;
    repository.insertNotice({ person_id: personId, kind, at_ms: clock.now(), address, device, subject, session_id });
    const surplus = repository.noticesOf(personId).slice(maxNotices);
    repository.removeNotices(
      personId,
      surplus.map(({ id }) => id),
    );
  };
  return {
    add,
    noteDevice: ({ id: personId }, from, deviceId, sessionId) => {
      const device = deviceId === null ? `${deviceNameOf(from.userAgent)}, ${neighbourhoodOf(from.address)}` : deviceId;
      const known = repository.devicesOf(personId);
      const isNew = known.length > 0 && !known.some((one) => one.device === device);
      repository.setDevice(personId, device, clock.now());
      repository.removeDevices(
        personId,
        known.slice(maxDevices).map((one) => one.device),
      );
      if (isNew) add(personId, "new-device", from, "", sessionId);
      return isNew;
    },
    list: (personId) => repository.noticesOf(personId).map(toNotice),
    dismiss: (personId, id) => {
      const ids = id === undefined ? repository.noticesOf(personId).map((row) => row.id) : [id];
      return repository.removeNotices(personId, ids) > 0;
    },
  };
}

/** Addresses at home change from day to day, so neighbours count as one: the /24 of IPv4, the /64 of IPv6. */
function neighbourhoodOf(address: string): string {
  const network = networkOf(address);
  return isIPv4(network) ? network.replace(/\d+$/, "0/24") : network;
}

function toNotice(row: NoticeRow): Notice {
  const { id, kind, address, device, subject } = row;
  return { id, kind, atMs: row.at_ms, address, device, subject, sessionId: row.session_id };
}

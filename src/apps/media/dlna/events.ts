import type { Random } from "#platform/clock";
import type { Logger } from "#platform/log";
import type { ServiceType } from "./description.ts";
import { element } from "./xml.ts";

interface Subscription {
  readonly id: string;
  readonly service: ServiceType["name"];
  readonly callback: URL;
  endsAtMs: number;
  sequence: number;
}

interface EventsDeps {
  readonly log: Logger;
  readonly random: Random;
  readonly now: () => number;
  /** Values of what is told of, by service. */
  readonly values: (service: ServiceType["name"]) => Readonly<Record<string, string>>;
}

const leaseSeconds = 1800;
const mostSubscriptions = 64;
const sendTimeoutMs = 3_000;
const refused = (status: number) => new Response(null, { status });

/** GENA (UPnP Device Architecture 1.0, chapter 4): televisions are told when there is something new. Nobody else is ever called. */
export function createSubscriptions({ log, random, now, values }: EventsDeps) {
  const all = new Map<string, Subscription>();

  const tell = async (one: Subscription): Promise<void> => {
    const properties = Object.entries(values(one.service)).map(
      ([name, value]) => `<e:property>${element(name, value)}</e:property>`,
    );
    const sequence = one.sequence;
    // After its largest value a key goes on at 1 (4.2).
    one.sequence = sequence >= 0xffff_ffff ? 1 : sequence + 1;
    const response = await fetch(one.callback, {
      method: "NOTIFY",
      headers: {
        "content-type": 'text/xml; charset="utf-8"',
        nt: "upnp:event",
        nts: "upnp:propchange",
        sid: one.id,
        seq: String(sequence),
      },
      body: `<?xml version="1.0"?>\n<e:propertyset xmlns:e="urn:schemas-upnp-org:event-1-0">${properties.join("")}</e:propertyset>`,
      redirect: "manual",
      signal: AbortSignal.timeout(sendTimeoutMs),
    });
    await response.body?.cancel();
  };
  const tellQuietly = (one: Subscription) =>
    void tell(one).catch((cause: unknown) => log.debug("a television was not told of a change", { cause }));
  const sweep = () => {
    for (const [id, { endsAtMs }] of all) if (endsAtMs < now()) all.delete(id);
  };
  const answer = ({ id }: Subscription) =>
    new Response(null, { headers: { sid: id, timeout: `Second-${leaseSeconds}` } });

  const subscribe = (request: Request, service: ServiceType["name"], peer: string): Response => {
    sweep();
    const sid = request.headers.get("sid");
    const callbacks = request.headers.get("callback");
    if (sid !== null) {
      const known = all.get(sid);
      if (callbacks !== null) return refused(400);
      if (known === undefined) return refused(412);
      known.endsAtMs = now() + leaseSeconds * 1000;
      return answer(known);
    }
    // Only whoever asks is called back: else anybody could have this machine call anything in the house.
    const callback = [...(callbacks ?? "").matchAll(/<([^<>]{1,500})>/g)]
      .map(([, url = ""]) => (URL.canParse(url) ? new URL(url) : undefined))
      .find((url) => url?.protocol === "http:" && url.hostname === peer);
    if (callback === undefined || request.headers.get("nt") !== "upnp:event") return refused(412);
    if (all.size >= mostSubscriptions) return refused(503);
    const id = `uuid:${Buffer.from(random.bytes(16)).toString("hex")}`;
    const one = { id, service, callback, endsAtMs: now() + leaseSeconds * 1000, sequence: 0 };
    all.set(id, one);
    // The first message follows the answer.
    setTimeout(() => tellQuietly(one), 100);
    return answer(one);
  };

  return {
    subscribe,
    unsubscribe: (request: Request): Response => refused(all.delete(request.headers.get("sid") ?? "") ? 200 : 412),
    changed: (service: ServiceType["name"]) => {
      sweep();
      for (const one of all.values()) if (one.service === service) tellQuietly(one);
    },
  };
}

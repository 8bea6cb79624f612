import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { rawHttp, type RunningHearth, startHearth } from "#kit";

/**
 * Requests in the form and order in which these clients send them, most of which cannot run here. `$TOKEN` is the lock token of the last LOCK, `$ETAG` the etag of the last
 * answer that had one, `$HOST` the server's own name. `anonymous` leaves the credentials out.
 */
interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly anonymous?: true;
  readonly expect: {
    readonly status: number;
    /** Header name → text it holds. */
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: readonly string[];
    readonly bodyLacks?: readonly string[];
  };
}

interface Recording {
  readonly client: string;
  readonly exchanges: readonly Exchange[];
}

const folder = join(import.meta.dir, "recordings");
const recordings = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Recording);

let hearth: RunningHearth;
beforeAll(async () => {
  hearth = await startHearth();
});
afterAll(() => hearth.stop());

for (const { client, exchanges } of recordings) {
  test(`${client} gets the answers it needs`, async () => {
    const known = new Map([["$HOST", new URL(hearth.url).host]]);
    const fill = (text: string) => text.replaceAll(/\$(?:HOST|TOKEN|ETAG)/g, (name) => known.get(name) ?? name);
    for (const [index, { method, path, headers = {}, body, anonymous, expect: wanted }] of exchanges.entries()) {
      const sent = Object.entries(headers).map(([name, value]): [string, string] => [name, fill(value)]);
      const reply = await rawHttp(hearth.url, {
        method,
        target: path,
        headers: anonymous === true ? sent : [["Authorization", hearth.authorization], ...sent],
        body: body === undefined ? undefined : fill(body),
      });
      const where = `${client} #${index + 1}: ${method} ${path}\n${reply.body}`;
      expect(reply.status, where).toBe(wanted.status);
      for (const [name, value] of Object.entries(wanted.headers ?? {})) {
        expect(reply.headers.get(name.toLowerCase()) ?? "", `${where}\n${name}`).toContain(fill(value));
      }
      for (const text of wanted.body ?? []) expect(reply.body, where).toContain(fill(text));
      for (const text of wanted.bodyLacks ?? []) expect(reply.body, where).not.toContain(fill(text));
      const token = /<([^>]+)>/.exec(reply.headers.get("lock-token") ?? "")?.[1];
      if (token !== undefined) known.set("$TOKEN", token);
      const etag = reply.headers.get("etag");
      if (etag !== undefined) known.set("$ETAG", etag);
    }
  });
}

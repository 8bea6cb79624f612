import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#platform/clock";
import { openDatabase } from "#platform/db";
import { createHttp, type Gate } from "#platform/http";
import { createLogger } from "#platform/log";
import { anonymous, systemActor } from "#platform/usecase";
import { createGuard, guardMigrations } from "#security/guard";
import { interleave } from "../kit/rounds.ts";
import type { Figure, PartResult, Settings } from "../kit/types.ts";

const requests: readonly (readonly [string, string, string])[] = [
  ["GET of a small file", "GET", "/api/files/content/12?download=1"],
  ["PROPFIND over WebDAV", "PROPFIND", "/dav/home/Photos/2026/"],
  ["PUT over WebDAV", "PUT", "/dav/home/Photos/2026/IMG_0001.jpg"],
  ["an operation", "POST", "/api/files.list"],
  ["a part of the page", "GET", "/assets/index-abc.js"],
  ["a login", "POST", "/api/session.login"],
];
const worthNs = 1000;
const manyBans = 1000;
const banned = [`GET of a small file while ${manyBans} networks are banned`, "GET", "/api/files/content/12"] as const;

/** What the default rules and detectors add to the walk of a request; the handler does nothing. */
export async function guardGate(settings: Settings): Promise<PartResult> {
  const dataDir = mkdtempSync(join(tmpdir(), "hearth-bench-guard-"));
  const clock = systemClock;
  const log = createLogger({ clock, level: "error", write: () => undefined });
  const db = openDatabase({ path: ":memory:", migrations: guardMigrations, clock, log });
  const guard = createGuard({
    db,
    clock,
    log,
    dataDir,
    permissionOf: (name) => (name === "session.login" ? "public" : "self"),
    rolesOf: () => undefined,
    interfaces: () => ({ lan: [{ cidr: "192.168.1.2/24" }] }),
    vpn: { interface: "hearth0" },
    record: () => undefined,
    bans: { onBan: () => undefined, onUnban: () => undefined },
    timeZone: "UTC",
  });
  const answer = new Response(null, { status: 204 });
  const walk = (gate?: Gate) =>
    createHttp({
      routes: [{ prefix: "/", handle: () => answer }],
      authenticate: () => anonymous,
      ...(gate === undefined ? {} : { gate }),
      log,
      clock,
    });
  const [without, with_] = [walk(), walk(guard.gate)];
  const ban = guard.implementations.find(({ name }) => name === "guard.ban");
  const banMany = () =>
    Promise.all(
      Array.from({ length: manyBans }, (_, n) =>
        ban?.handler({ actor: systemActor, address: "192.168.1.7", checked: () => undefined } as never, {
          network: `203.${n >> 8}.${n & 255}.9`,
          durationMs: 86_400_000,
          why: "bench",
        }),
      ),
    );
  const figures: Figure[] = [];
  const verdicts = [];
  try {
    for (const [what, method, path] of [...requests, banned]) {
      if (what === banned[0]) await banMany();
      const batch = settings.quick ? 20_000 : 200_000;
      const run = (http: ReturnType<typeof walk>) => async () => {
        const request = new Request(`http://home.test${path}`, {
          method,
          headers: { "user-agent": "Mozilla/5.0 (X11; Linux)" },
        });
        const peer = { address: "192.168.1.7", setIdleTimeout: () => undefined };
        const began = Bun.nanoseconds();
        for (let n = 0; n < batch; n += 1) void http(request, peer);
        return (Bun.nanoseconds() - began) / batch;
      };
      const samples = await interleave(
        [
          { name: "with the guard", run: run(with_) },
          { name: "without", run: run(without) },
        ],
        settings.rounds,
      );
      figures.push({ part: "guard-gate", title: `walk of ${what}`, unit: "ns", samples });
    }
  } finally {
    guard.stop();
    db.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
  for (const { title, samples } of figures.slice(0, 3)) {
    const added = (samples["with the guard"] ?? []).map((value, round) => value - (samples["without"]?.[round] ?? 0));
    const middle = added.toSorted((a, b) => a - b)[Math.floor(added.length / 2)] ?? Number.NaN;
    verdicts.push({
      part: "guard-gate",
      title: `the guard's part in the ${title}`,
      target: `≤ ${worthNs} ns`,
      measured: `${Math.round(middle)} ns`,
      met: middle <= worthNs,
    });
  }
  return { figures, verdicts };
}

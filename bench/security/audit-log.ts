import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { systemClock, systemRandom } from "#platform/clock";
import { openDatabase } from "#platform/db";
import type { RequestContext } from "#platform/http";
import { createLogger } from "#platform/log";
import { type Actor, anonymous } from "#platform/usecase";
import { auditMigrations, createAudit, verifyFolder } from "#security/audit";
import type { PartResult, Settings } from "../kit/types.ts";
import { limitVerdict } from "../kit/verdict.ts";

const anna: Actor = {
  ...anonymous,
  kind: "person",
  userId: 1,
  name: "anna",
  via: "app-password",
  credentialId: "c",
  readOnly: false,
};
const put = new Request("http://cloud.test/dav/home/a.txt", { method: "PUT", headers: { "user-agent": "bench" } });
const get = new Request("http://cloud.test/dav/home/a.txt", { headers: { "user-agent": "bench" } });
const created = new Response(null, { status: 201 });
const contextOf = (n: number) =>
  ({
    path: `/dav/home/folder/file-${n}.txt`,
    address: "192.0.2.1",
    requestId: `bench-${n}`,
    knownActor: anna,
  }) as RequestContext;

/** What the audit log costs a request, all of its CPU counted, and what searching and checking a long one takes. */
export async function auditLog({ rounds, quick, tempRoot }: Settings): Promise<PartResult> {
  const dataDir = mkdtempSync(join(tempRoot, "hearth-bench-audit-"));
  const databasePath = join(dataDir, "hearth.db");
  const log = createLogger({ clock: systemClock, level: "error", write: (line) => process.stderr.write(line) });
  const deps = { clock: systemClock, log, random: systemRandom, dataDir };
  const db = openDatabase({ path: databasePath, migrations: auditMigrations, holdMs: 10, ...deps });
  const audit = createAudit({ ...deps, db, keepDays: 400, findAccount: () => undefined });
  const samples: Record<string, number[]> = { "WebDAV PUT": [], "WebDAV GET": [], "entry of its own": [] };
  const count = quick ? 2_000 : 20_000;
  const written = () => audit.record({ operation: "bench.mark", outcome: "allowed", actor: anna });
  const measure = async (name: string, act: (n: number) => unknown) => {
    const before = process.cpuUsage();
    for (let n = 0; n < count; n++) act(n);
    await written();
    const { user, system } = process.cpuUsage(before);
    samples[name]?.push((user + system) / count);
  };
  try {
    await audit.start();
    for (let round = 0; round <= rounds; round++) {
      await measure("WebDAV PUT", (n) => audit.observe(put, contextOf(n), created));
      await measure("WebDAV GET", (n) => audit.observe(get, contextOf(n), created));
      await measure("entry of its own", (n) =>
        n % 5 === 0
          ? audit.record({ operation: "people.update", outcome: "allowed", actor: anna, resources: [`person ${n}`] })
          : undefined,
      );
    }
    await audit.stop();
    const startMs = performance.now();
    const { entries, problems } = verifyFolder(dataDir, databasePath);
    const perEntryUs = ((performance.now() - startMs) * 1000) / entries;
    if (problems.length > 0) throw new Error("the log does not hold");
    // The first round warms up.
    for (const values of Object.values(samples)) values.shift();
    samples["entry of its own"] = (samples["entry of its own"] ?? []).map((value) => value * 5);
    const figure = { part: "audit-log", title: "CPU of the audit log", unit: "µs", samples };
    const check = {
      part: "audit-log",
      title: `checking ${entries} entries, each`,
      unit: "µs",
      samples: { verify: [perEntryUs] },
    };
    const title = "audit log: CPU for a WebDAV PUT";
    const verdicts = limitVerdict(figure, { ours: "WebDAV PUT", atMost: 5, title });
    return { figures: [figure, check], verdicts };
  } finally {
    db.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

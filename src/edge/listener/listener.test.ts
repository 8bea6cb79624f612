// needs: openssl
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { systemClock } from "#platform/clock";
import { createLogger } from "#platform/log";
import { startListener } from "./listener.ts";

let dir = "";
const lines: string[] = [];
const log = createLogger({ clock: systemClock, level: "error", write: (line) => void lines.push(line) });

function keysOf(name: string) {
  const made = Bun.spawnSync(
    [
      ...[
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
      ],
      ...["-subj", `/CN=${name}`, "-keyout", `${name}.key`, "-out", `${name}.crt`],
    ],
    { cwd: dir, timeout: 10_000 },
  );
  expect(made.exitCode).toBe(0);
  return { cert: readFileSync(join(dir, `${name}.crt`), "utf8"), key: readFileSync(join(dir, `${name}.key`), "utf8") };
}

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "hearth-listener-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function nameShown(url: URL): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port: Number(url.port), rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

test("a new certificate is shown at once, and what runs is not broken off", async () => {
  const [first, second] = [keysOf("first"), keysOf("second")];
  let now = first;
  const release = Promise.withResolvers<void>();
  const listener = startListener({
    hostname: "127.0.0.1",
    port: 0,
    tls: first,
    currentTls: async () => now,
    handle: async ({ url }) => {
      if (url.endsWith("/slow")) await release.promise;
      return new Response("done");
    },
    log,
  });
  const get = (path: string) => fetch(new URL(path, listener.url), { tls: { rejectUnauthorized: false } });
  expect(await nameShown(listener.url)).toBe("first");
  const slow = get("/slow");
  await Bun.sleep(50);
  now = second;
  await listener.refresh();
  expect(await nameShown(listener.url)).toBe("second");
  release.resolve();
  expect(await (await slow).text()).toBe("done");

  now = { cert: keysOf("third").cert, key: second.key };
  await listener.refresh();
  expect(await nameShown(listener.url)).toBe("second");
  expect(lines.join("")).toContain("could not be changed");
  await listener.stop(500);
  expect(get("/")).rejects.toThrow();
});

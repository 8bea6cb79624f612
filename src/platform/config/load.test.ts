import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { childEnvironment, readEnvironment } from "./environment.ts";
import { loadConfig, renderFindings } from "./load.ts";

let dataDir = "";
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "hearth-config-"));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const write = (text: string | Uint8Array) => writeFileSync(join(dataDir, "hearth.yaml"), text);

describe("loadConfig", () => {
  test("without a file everything is default and paths lie in the data folder", () => {
    const loaded = loadConfig({ environment: { dataDir } });
    if (!loaded.ok) throw new Error("refused");
    expect(loaded.dataDir).toBe(dataDir);
    expect(loaded.config.system.storage.volumes).toEqual({ main: { path: join(dataDir, "volumes/main") } });
  });

  test("command line before environment before file", () => {
    write("services: { management: { listen: '127.0.0.1:1' } }\nsecurity: { monitoring: { logLevel: warn } }\n");
    const port = (environment: { listen?: string }, listen?: string) => {
      const loaded = loadConfig({ environment: { dataDir, ...environment }, listen });
      return loaded.ok ? loaded.config.services.management.listen.port : -1;
    };
    expect(port({})).toBe(1);
    expect(port({ listen: "127.0.0.1:2" })).toBe(2);
    expect(port({ listen: "127.0.0.1:2" }, "[::]:3")).toBe(3);
    const loaded = loadConfig({ environment: { dataDir, logLevel: "debug" } });
    expect(loaded.ok && loaded.config.security.monitoring.logLevel).toBe("debug");
  });

  test("a wrong variable or option is a finding with its name, beside those of the file", () => {
    write("servces: {}\n");
    const loaded = loadConfig({ environment: { dataDir, listen: "8420" }, logLevel: "loud" });
    if (loaded.ok) throw new Error("accepted");
    expect(renderFindings("hearth.yaml", loaded.findings).split("\n")).toEqual([
      "hearth.yaml:1:1: servces: unknown key, did you mean services?",
      'HEARTH_LISTEN: "8420" is not understood',
      '--log-level: "loud" is not understood',
    ]);
  });

  test("a file that was asked for must be there; one that is no text or too large is refused", () => {
    const missing = loadConfig({ environment: { dataDir }, file: join(dataDir, "other.yaml") });
    expect(missing.ok || missing.findings[0]?.message).toBe("cannot be read (ENOENT)");
    write(new Uint8Array([0xff, 0xfe, 0x41]));
    expect(loadConfig({ environment: { dataDir } }).ok).toBe(false);
    write(new Uint8Array(1024 * 1024 + 1).fill(35));
    expect(loadConfig({ environment: { dataDir } }).ok).toBe(false);
  });

  test("relative paths are read from the data folder", () => {
    write("services: { management: { tls: { certFile: tls/cert.pem, keyFile: /etc/key.pem } } }\n");
    const loaded = loadConfig({ environment: { dataDir } });
    expect(loaded.ok && loaded.config.services.management.tls).toEqual({
      certFile: join(dataDir, "tls/cert.pem"),
      keyFile: "/etc/key.pem",
    });
  });
});

test("an empty variable is absent, and children never inherit ours", () => {
  expect(readEnvironment({ HEARTH_DATA: "", HEARTH_ADMIN_USER: "eva" })).toMatchObject({
    dataDir: undefined,
    adminUser: "eva",
  });
  const inherited = childEnvironment({ HEARTH_ADMIN_PASSWORD: "secret", PATH: "/bin", LANG: "de_DE.UTF-8" });
  expect(inherited).toEqual({ PATH: "/bin", LANG: "de_DE.UTF-8", LC_ALL: "C.UTF-8" });
});

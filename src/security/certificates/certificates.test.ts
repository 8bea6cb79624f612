import { afterEach, beforeEach, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CertifiedDevice } from "./contract.ts";
import { loadX509 } from "./x509.ts";
import { type Household, openHousehold } from "./testing.ts";

const dayMs = 86_400_000;
const noListener = { closeRevoked: () => undefined, refresh: async () => undefined };
let home: Household;

beforeEach(() => {
  home = openHousehold();
});
afterEach(() => home.close());

const makeAuthority = (input = {}) => home.call("root", "certificates.createAuthority", input);
const issue = (person: string, input: object = {}) =>
  home.call(person, "certificates.issue", { deviceName: "phone", ...input });
const fingerprintOf = (device: CertifiedDevice): string => device.certificates[0]?.fingerprint ?? "";
const shownBy = (device: CertifiedDevice) => ({ certificate: { fingerprint: fingerprintOf(device) } });

async function signingRequest(bits?: number): Promise<string> {
  const x509 = await loadX509();
  const algorithm =
    bits === undefined
      ? { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }
      : {
          name: "RSASSA-PKCS1-v1_5",
          modulusLength: bits,
          publicExponent: Uint8Array.of(1, 0, 1),
          hash: "SHA-256",
        };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: "CN=somebody else",
    keys,
    signingAlgorithm: algorithm,
  });
  return request.toString("pem");
}

test("the root key is handed out and nowhere on disk; what is on disk is ours alone", async () => {
  expect(await home.refusal("adam", "certificates.createAuthority", {})).toBe("forbidden");
  const made = await makeAuthority();
  expect(made.authority.intermediate.validToMs - home.nowMs()).toBeCloseTo(730 * dayMs, -7);
  const folder = join(home.dir, "security", "ca");
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(folder)) {
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, name), "utf8")).not.toContain(made.rootKeyPem.split("\n")[1] ?? "");
  }
  expect(await home.refusal("root", "certificates.createAuthority", {})).toBe("exists");
});

test("a new authority ends all that the old one signed, also after a restart", async () => {
  await makeAuthority();
  const { device } = await issue("anna", { signingRequestPem: await signingRequest() });
  const fingerprint = fingerprintOf(device);
  expect(home.certificates.deviceOf(fingerprint)?.deviceId).toBe(device.id);
  expect(home.reopened().deviceOf(fingerprint)?.deviceId).toBe(device.id);
  await makeAuthority({ replace: true });
  expect(home.certificates.deviceOf(fingerprint)).toBeNull();
  expect(home.reopened().deviceOf(fingerprint)).toBeNull();
  const { devices } = await home.call("anna", "certificates.list", {});
  expect(devices[0]?.state).toBe("revoked");
});

test("a damaged authority is told of, stops nothing else, and is not overwritten by mistake", async () => {
  await makeAuthority();
  const { device } = await issue("anna");
  const file = join(home.dir, "security", "ca", "authority.json");
  writeFileSync(file, "{");
  const after = home.reopened();
  expect(home.failures.join("")).toContain("restore it from a backup");
  expect(after.deviceOf(fingerprintOf(device))).toBeNull();
  expect(await after.serverKeys()).toBeUndefined();
  expect(await home.refusal("root", "certificates.createAuthority", {})).toBe("exists");
});

test("without an authority nothing can be issued, and that is said", async () => {
  expect(await home.refusal("anna", "certificates.issue", { deviceName: "phone" })).toBe("conflict");
  expect(await home.certificates.serverKeys()).toBeUndefined();
});

test("one issues for oneself; for others it takes security.manage, and a device of others is unknown", async () => {
  await makeAuthority();
  expect(await home.refusal("anna", "certificates.issue", { deviceName: "x", personId: 1 })).toBe("forbidden");
  const { device } = await issue("root", { personId: 2 });
  expect(device.personName).toBe("ANNA");
  const own = await issue("root");
  expect(await home.refusal("anna", "certificates.revoke", { deviceId: own.device.id })).toBe("not-found");
  expect(await home.refusal("anna", "certificates.revoke", { personId: 1 })).toBe("forbidden");
  expect(await home.refusal("anna", "certificates.list", { everybody: true })).toBe("forbidden");
  expect((await home.call("root", "certificates.list", { everybody: true })).devices).toHaveLength(2);
  expect((await home.call("anna", "certificates.list", {})).devices).toHaveLength(1);
  expect(await home.refusal("root", "certificates.issue", { deviceName: "x", personId: 99 })).toBe("not-found");
});

test("a signing request keeps the key on the device; its names are not believed, and weak ones are refused", async () => {
  await makeAuthority();
  const issued = await issue("anna", { signingRequestPem: await signingRequest(2048) });
  expect(issued.download).toBeNull();
  expect(issued.device.certificates[0]?.keyMadeOnDevice).toBe(true);
  expect(issued.certificatePem?.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  expect(issued.certificatePem).not.toContain("somebody else");
  const weak = await signingRequest(1024);
  expect(await home.refusal("anna", "certificates.issue", { deviceName: "x", signingRequestPem: weak })).toBe(
    "bad-request",
  );
  const good = await signingRequest();
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ type: "spki", format: "der" });
  const bytes = Buffer.from(good.replaceAll(/-----[^-]+-----|\s/g, ""), "base64");
  const at = bytes.indexOf(other.subarray(0, 27));
  other.copy(bytes, at);
  const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString("base64")}\n-----END CERTIFICATE REQUEST-----`;
  for (const signingRequestPem of [
    forged,
    "nonsense",
    "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----",
  ]) {
    expect(await home.refusal("anna", "certificates.issue", { deviceName: "x", signingRequestPem })).toBe(
      "bad-request",
    );
  }
});

test("renewing: in the last 30 days, by the old certificate or a fresh session, and the old one stays", async () => {
  await makeAuthority();
  const { device } = await issue("anna");
  const renew = { deviceId: device.id };
  expect(await home.refusal("anna", "certificates.renew", renew)).toBe("conflict");
  home.wait(61 * dayMs);
  expect(await home.refusal("nobody", "certificates.renew", renew)).toBe("unauthenticated");
  expect(await home.refusal("omar", "certificates.renew", renew)).toBe("not-found");
  expect(await home.refusal("anna", "certificates.renew", renew, { actor: home.actor("anna", 0) })).toBe(
    "step-up-required",
  );
  const other = await issue("omar");
  expect(await home.refusal("nobody", "certificates.renew", renew, shownBy(other.device))).toBe("unauthenticated");
  const renewed = await home.call("nobody", "certificates.renew", renew, shownBy(device));
  expect(renewed.device.certificates.map(({ state }) => state)).toEqual(["valid", "ending"]);
  expect(home.certificates.deviceOf(fingerprintOf(device))).not.toBeNull();
  expect(await home.refusal("anna", "certificates.renew", renew)).toBe("conflict");
  home.wait(61 * dayMs);
  expect((await home.call("anna", "certificates.renew", renew)).device.certificates).toHaveLength(3);
  home.wait(91 * dayMs);
  expect(await home.refusal("anna", "certificates.renew", renew)).toBe("conflict");
});

test("revoking a person ends every device of theirs and nobody else's, and says so to whoever holds sessions", async () => {
  await makeAuthority();
  const [first, second, other] = [await issue("anna"), await issue("anna"), await issue("omar")];
  expect(home.certificates.ownsDevices(2)).toBe(true);
  expect(await home.call("root", "certificates.revoke", { personId: 2 })).toEqual({ revoked: 2 });
  expect(home.certificates.ownsDevices(2)).toBe(false);
  expect(home.revokedDevices.toSorted()).toEqual([first.device.id, second.device.id].toSorted());
  expect(home.certificates.deviceOf(fingerprintOf(other.device))).not.toBeNull();
  expect(await home.call("root", "certificates.revoke", { personId: 2 })).toEqual({ revoked: 0 });
});

test("rules that would lock out whoever sets them are refused, unless this connection shows their certificate", async () => {
  await makeAuthority();
  const rules = [{ personId: null, scope: "administration" as const }];
  home.listenBy({ ...noListener, port: () => undefined });
  expect(await home.refusal("root", "certificates.setPolicy", { rules })).toBe("conflict");
  home.listenBy({ ...noListener, port: () => 8443 });
  expect(await home.refusal("root", "certificates.setPolicy", { rules })).toBe("conflict");
  const annas = await issue("root", { personId: 2 });
  expect(await home.refusal("root", "certificates.setPolicy", { rules }, shownBy(annas.device))).toBe("conflict");
  const { device } = await issue("root");
  await home.call("root", "certificates.setPolicy", { rules }, shownBy(device));
  expect(await home.call("root", "certificates.getPolicy", {})).toEqual({ rules });
  expect(home.certificates.requires(home.actor("adam"), "administration")).toBe(true);
  expect(home.certificates.requires(home.actor("anna"), "dav")).toBe(false);
  expect(home.certificates.requires({ kind: "visitor", userId: 0 }, "administration")).toBe(false);
});

test("the gate refuses what needs a certificate, on a connection that shows none of that very person", async () => {
  await makeAuthority();
  const annas = shownBy((await issue("anna")).device);
  const omars = shownBy((await issue("omar")).device);
  const rules = [
    { personId: 2, scope: "dav" as const },
    { personId: 4, scope: "everything" as const },
  ];
  await home.call("root", "certificates.setPolicy", { rules });
  const passes: [string, string, object][] = [
    ["anna", "/dav/home", annas],
    ["anna", "/api/files.list", {}],
    ["root", "/dav/home", {}],
    ["omar", "/api/session.login", {}],
    ["omar", "/api/session.logout", {}],
    ["omar", "/index.html", {}],
    ["omar", "/s/token", {}],
    ["omar", "/api/files.list", omars],
    ["nobody", "/dav/", {}],
  ];
  for (const [name, path, shown] of passes)
    expect([path, await home.gate(name, path, shown)]).toEqual([path, "passed"]);
  const refusals: [string, string, object][] = [
    ["anna", "/dav/home", {}],
    ["anna", "/dav", {}],
    ["anna", "/remote.php/dav/", {}],
    ["anna", "/index.php/core/preview", {}],
    ["anna", "/dav/home", omars],
    ["omar", "/api/files.list", {}],
    ["omar", "/api/uploads/1", {}],
    ["omar", "/api/certificates.list", {}],
    ["omar", "/api/certificates.getPolicy", {}],
    ["omar", "/oidc/authorize", {}],
    ["omar", "/api/files.list", annas],
  ];
  for (const [name, path, shown] of refusals)
    expect([path, await home.gate(name, path, shown)]).toEqual([path, "blocked"]);
  // Whoever has only the password must not make the certificate that is asked for beside it.
  expect(await home.refusal("anna", "certificates.issue", { deviceName: "x" })).toBe("forbidden");
  await home.call("anna", "certificates.issue", { deviceName: "x" }, annas);
});

test("a certificate of an owner, which is a factor of theirs, is made by owners alone", async () => {
  await makeAuthority();
  expect(await home.refusal("adam", "certificates.issue", { deviceName: "x", personId: 1 })).toBe("forbidden");
  const { device } = await issue("root");
  home.wait(70 * dayMs);
  expect(await home.refusal("adam", "certificates.renew", { deviceId: device.id })).toBe("forbidden");
  await home.call("root", "certificates.renew", { deviceId: device.id });
});

test("a password alone makes no certificate where one is required, not even for whoever manages the server", async () => {
  await makeAuthority();
  const { device } = await issue("root");
  const adams = await issue("adam");
  const rules = [{ personId: null, scope: "administration" as const }];
  await home.call("root", "certificates.setPolicy", { rules }, shownBy(device));
  const input = { deviceName: "x" };
  expect(await home.refusal("adam", "certificates.issue", input)).toBe("forbidden");
  expect(await home.refusal("adam", "certificates.issue", { ...input, personId: 2 })).toBe("forbidden");
  await home.call("adam", "certificates.issue", { ...input, personId: 2 }, shownBy(adams.device));
  home.wait(70 * dayMs);
  const renew = { deviceId: adams.device.id };
  expect(await home.refusal("adam", "certificates.renew", renew)).toBe("forbidden");
  await home.call("adam", "certificates.renew", renew, shownBy(adams.device));
  expect(await home.gate("adam", "/api/audit/export", {})).toBe("blocked");
});

test("rules can be lifted by whoever may edit the configuration", async () => {
  await makeAuthority();
  const { device } = await issue("root");
  const rules = [{ personId: null, scope: "everything" as const }];
  await home.call("root", "certificates.setPolicy", { rules }, shownBy(device));
  expect(home.certificates.requires(home.actor("root"), "files")).toBe(true);
  expect(home.reopened(false).requires(home.actor("root"), "files")).toBe(false);
});

test("what ended long ago is forgotten", async () => {
  await makeAuthority();
  await issue("anna");
  home.wait(91 * dayMs);
  await issue("anna");
  expect((await home.call("anna", "certificates.list", {})).devices).toHaveLength(2);
  home.wait(400 * dayMs);
  await issue("anna");
  expect((await home.call("anna", "certificates.list", {})).devices).toHaveLength(2);
});

test("the server's certificate follows its names and its authority, and is kept", async () => {
  const made = await makeAuthority();
  const first = await home.certificates.serverKeys();
  expect(await home.certificates.serverKeys()).toEqual(first!);
  expect((await home.reopened().serverKeys())?.cert).toBe(first!.cert);
  home.names.push("cloud.home.arpa", "192.168.7.7");
  const second = await home.certificates.serverKeys();
  expect(second?.cert).not.toBe(first!.cert);
  home.names.push("cloud.example.org");
  expect((await home.certificates.serverKeys())?.cert).toBe(second!.cert);
  const { server } = await home.call("root", "certificates.status", {});
  expect(server).toMatchObject({ missingNames: ["cloud.example.org"] });
  const { rootKeyPem, passphrase } = made;
  await home.call("root", "certificates.renewAuthority", { rootKeyPem, passphrase });
  await home.certificates.serverKeys();
  const renewed = await home.call("root", "certificates.status", {});
  expect(renewed.server).toMatchObject({ missingNames: [] });
  expect(renewed.server?.names).toContain("cloud.example.org");
  home.wait(340 * dayMs);
  expect((await home.certificates.serverKeys())?.cert).not.toBe(second!.cert);
  expect((await home.certificates.temporaryKeys()).cert).toContain("BEGIN CERTIFICATE");
  expect(existsSync(join(home.dir, "security", "ca", "server.json"))).toBe(true);
});

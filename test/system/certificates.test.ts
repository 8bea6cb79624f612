// needs: openssl, curl
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type CertificateHouse, openHouse } from "./certificates-support.ts";

let house: CertificateHouse;
const dayMs = 86_400_000;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

async function until(is: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await is()) return;
    await Bun.sleep(25);
  }
  throw new Error("it never came to be");
}

interface Who {
  readonly address: string;
  readonly fingerprint: string | null;
  readonly scheme: string;
}

/** Asks over TLS who we are, showing the certificate `<name>.crt`. */
async function ask(name?: string, headers: Record<string, string> = {}): Promise<Who> {
  const keys = name === undefined ? [] : ["--cert", `${name}.crt`, "--key", `${name}.key`];
  const given = Object.entries(headers).flatMap(([key, value]) => ["-H", `${key}: ${value}`]);
  const address = `https://localhost:${house.port()}/who`;
  const { code, out } = await house.run(
    "curl",
    "-sS",
    "--max-time",
    "10",
    "--cacert",
    "root.crt",
    ...keys,
    ...given,
    address,
  );
  if (code !== 0) throw new Error(`curl ${code}: ${out}`);
  return JSON.parse(out);
}

test("a certificate is known by its handshake; the connection counts as TLS and carries the real address", async () => {
  const device = await house.addDevice("anna", "laptop");
  const { fingerprint } = device;
  expect(await ask("laptop")).toEqual({ address: "127.0.0.1", fingerprint, scheme: "https:" });
  expect(house.certificates.deviceOf(fingerprint)).toMatchObject({ personId: 2, deviceId: device.id, name: "laptop" });
  const { devices } = await house.call("anna", "certificates.list", {});
  expect(devices[0]?.certificates[0]?.lastAddress).toBe("127.0.0.1");
});

test("without a certificate one is served, and known as nobody", async () => {
  expect((await ask()).fingerprint).toBeNull();
});

test("headers prove nothing", async () => {
  const [device] = (await house.call("anna", "certificates.list", {})).devices;
  const fingerprint = device?.certificates[0]?.fingerprint ?? "";
  const forged = await ask(undefined, {
    "x-ssl-client-verify": "SUCCESS",
    "x-ssl-client-fingerprint": fingerprint,
    "x-client-cert": fingerprint,
    "ssl-client-cert": fingerprint,
    "x-forwarded-for": "203.0.113.9",
    forwarded: "for=203.0.113.9;proto=http",
    "x-forwarded-proto": "http",
  });
  expect(forged).toEqual({ address: "127.0.0.1", fingerprint: null, scheme: "https:" });
});

test("the chain verifies, strictly, for what it is for and nothing else", async () => {
  const text = await house.openssl("x509", "-in", "laptop.crt", "-noout", "-text");
  expect(text).toContain("TLS Web Client Authentication");
  expect(text).toContain("CN = laptop (ANNA)");
  const verify = ["verify", "-x509_strict", "-CAfile", "root.crt", "-untrusted", "laptop.crt", "-purpose"];
  expect(await house.openssl(...verify, "sslclient", "laptop.crt")).toContain("OK");
  expect((await house.run("openssl", ...verify, "sslserver", "laptop.crt")).code).not.toBe(0);
});

test("whoever steals the key of the intermediate can vouch for the home, not for a bank", async () => {
  const stolen = JSON.parse(await house.read("security/ca/authority.json"));
  house.save("inter.key", stolen.intermediateKeyPem);
  house.save("inter.crt", stolen.intermediatePem);
  const verdictOn = async (names: string): Promise<number> => {
    house.save("names.cnf", `subjectAltName=${names}\n`);
    await house.openssl("req", "-new", "-key", "laptop.key", "-subj", "/CN=x", "-out", "name.csr");
    await house.openssl(
      ...["x509", "-req", "-in", "name.csr", "-CA", "inter.crt", "-CAkey", "inter.key", "-set_serial", "7"],
      ...["-days", "9", "-extfile", "names.cnf", "-out", "name.crt"],
    );
    return (await house.run("openssl", "verify", "-CAfile", "root.crt", "-untrusted", "inter.crt", "name.crt")).code;
  };
  for (const names of [
    "DNS:localhost",
    "DNS:nas.local,IP:192.168.1.9",
    "DNS:a.home.arpa,IP:fd00::7,IP:fe80::1,IP:::1",
  ]) {
    expect([names, await verdictOn(names)]).toEqual([names, 0]);
  }
  for (const names of ["DNS:bank.example", "DNS:localhost,DNS:bank.example", "DNS:xlocal"]) {
    expect([names, (await verdictOn(names)) === 0]).toEqual([names, false]);
  }
});

test("another authority with the same names, and a certificate that signed itself, are nobody", async () => {
  await house.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "evil.key");
  await house.openssl(
    "req",
    "-x509",
    "-new",
    "-key",
    "evil.key",
    "-subj",
    "/CN=Home devices/O=Home",
    "-days",
    "9",
    "-out",
    "evil.crt",
  );
  expect((await ask("evil")).fingerprint).toBeNull();
  await house.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "twin.key");
  await house.openssl("req", "-new", "-key", "twin.key", "-subj", "/CN=laptop (ANNA)/O=Home", "-out", "twin.csr");
  const serial = (await house.openssl("x509", "-in", "laptop.crt", "-noout", "-serial"))
    .trim()
    .replace("serial=", "0x");
  await house.openssl(
    ...["x509", "-req", "-in", "twin.csr", "-CA", "evil.crt", "-CAkey", "evil.key", "-set_serial", serial],
    ...["-days", "9", "-out", "twin.crt"],
  );
  expect((await ask("twin")).fingerprint).toBeNull();
});

test("the server's own certificate, which the same authority signed, is no device", async () => {
  const keys = await house.certificates.serverKeys();
  house.save("server.crt", keys?.cert ?? "");
  house.save("server.key", keys?.key ?? "");
  expect((await ask("server")).fingerprint).toBeNull();
});

test("the certificate of somebody else's key does not get through the handshake", async () => {
  house.save("stolen.crt", await house.read("laptop.crt"));
  await house.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "stolen.key");
  expect(ask("stolen")).rejects.toThrow();
});

test("the intermediate need not be sent", async () => {
  const chain = await house.read("laptop.crt");
  house.save("alone.crt", `${chain.split("-----END CERTIFICATE-----")[0]}-----END CERTIFICATE-----\n`);
  house.save("alone.key", await house.read("laptop.key"));
  expect((await ask("alone")).fingerprint).not.toBeNull();
});

test("revoked while connected: the connection ends, its session with it, and no ticket brings it back", async () => {
  const device = await house.addDevice("anna", "tablet");
  const connection = openLine("tablet", "ticket.pem");
  const before = await connection.ask();
  expect(before).toContain(device.fingerprint);
  await until(() => Bun.file(house.path("ticket.pem")).exists());
  expect(await house.call("anna", "certificates.revoke", { deviceId: device.id })).toEqual({ revoked: 1 });
  expect(house.revokedDevices).toContain(device.id);
  expect(await connection.ended()).toBe(true);
  expect(house.certificates.deviceOf(device.fingerprint)).toBeNull();
  expect((await ask("tablet")).fingerprint).toBeNull();
  const resumed = openLine("tablet", undefined, "ticket.pem");
  expect(await resumed.ask()).toContain('"fingerprint":null');
  resumed.close();
}, 20_000);

/** One TLS connection that stays open, as a line to type requests into. */
function openLine(name: string, ticketOut?: string, ticketIn?: string) {
  const tickets = [
    ...(ticketOut === undefined ? [] : ["-sess_out", ticketOut]),
    ...(ticketIn === undefined ? [] : ["-sess_in", ticketIn]),
  ];
  const child = Bun.spawn(
    [
      ...["openssl", "s_client", "-quiet", "-connect", `localhost:${house.port()}`, "-CAfile", "root.crt"],
      ...["-cert", `${name}.crt`, "-key", `${name}.key`, ...tickets],
    ],
    { cwd: house.dir, stdin: "pipe", stdout: "pipe", stderr: "ignore", timeout: 15_000 },
  );
  const reader = child.stdout.getReader();
  return {
    ask: async (): Promise<string> => {
      await child.stdin.write("GET /who HTTP/1.1\r\nHost: localhost\r\n\r\n");
      await child.stdin.flush();
      let text = "";
      while (!text.includes("}")) {
        const { done, value } = await reader.read();
        if (done) return text;
        text += Buffer.from(value).toString();
      }
      return text;
    },
    ended: async (): Promise<boolean> => {
      const { done } = await reader.read();
      return done;
    },
    close: () => child.kill(),
  };
}

test("a disabled person's certificate does not hold any more", async () => {
  const device = await house.addDevice("omar", "desk");
  expect((await ask("desk")).fingerprint).toBe(device.fingerprint);
  house.disable(4);
  expect((await ask("desk")).fingerprint).toBeNull();
});

test("the revocation list is version 2, of our intermediate, and names what was revoked", async () => {
  const reply = await fetch(`https://localhost:${house.port()}/pki/crl.der`, {
    tls: { ca: await house.read("root.crt") },
  });
  house.save("list.der", await reply.bytes());
  const chain = await house.read("laptop.crt");
  house.save("issuer.crt", `${chain.split("-----END CERTIFICATE-----\n")[1] ?? ""}-----END CERTIFICATE-----\n`);
  const text = await house.openssl(
    "crl",
    "-inform",
    "DER",
    "-in",
    "list.der",
    "-noout",
    "-text",
    "-CAfile",
    "issuer.crt",
  );
  expect(text).toContain("verify OK");
  expect(text).toContain("Version 2");
  const serial = (await house.openssl("x509", "-in", "tablet.crt", "-noout", "-serial")).trim().replace("serial=", "");
  expect(text).toContain(serial);
  await house.openssl("crl", "-inform", "DER", "-in", "list.der", "-out", "list.pem");
  const check = ["verify", "-crl_check", "-CRLfile", "list.pem", "-CAfile", "root.crt", "-untrusted", "issuer.crt"];
  expect((await house.run("openssl", ...check, "tablet.crt")).out).toContain("certificate revoked");
  expect(await house.openssl(...check, "laptop.crt")).toContain("OK");
});

test("what the server makes opens in OpenSSL, once, with its password", async () => {
  for (const format of ["pkcs12", "compatible"] as const) {
    const { download } = await house.call("anna", "certificates.issue", { deviceName: "Anna’s phone", format });
    const url = `https://localhost:${house.port()}${download?.path}`;
    const tls = { ca: await house.read("root.crt") };
    const first = await fetch(url, { tls });
    expect(first.headers.get("content-type")).toBe("application/x-pkcs12");
    house.save(`${format}.p12`, await first.bytes());
    expect((await fetch(url, { tls })).status).toBe(410);
    const legacy = format === "compatible" ? ["-legacy"] : [];
    const open = ["pkcs12", "-in", `${format}.p12`, ...legacy, "-nodes", "-passin"];
    house.save("phone.crt", await house.openssl(...open, `pass:${download?.password}`));
    expect((await house.run("openssl", ...open, "pass:wrong")).code).not.toBe(0);
    house.save("phone.key", await house.read("phone.crt"));
    expect((await ask("phone")).fingerprint).not.toBeNull();
  }
});

test("a profile for Apple's systems holds the key, the root and the issuer, and not the password", async () => {
  const { download } = await house.call("anna", "certificates.issue", {
    deviceName: "iPad <1>",
    format: "apple-profile",
  });
  const reply = await fetch(`https://localhost:${house.port()}${download?.path}`, {
    tls: { ca: await house.read("root.crt") },
  });
  expect(reply.headers.get("content-type")).toBe("application/x-apple-aspen-config");
  const text = await reply.text();
  expect(text).toContain("com.apple.security.pkcs12");
  expect(text).toContain("iPad &lt;1&gt;");
  expect(text).not.toContain(download?.password ?? "none");
  const data = [...text.matchAll(/<data>([^<]+)<\/data>/g)].map(([, base64 = ""]) => Buffer.from(base64, "base64"));
  house.save("profile.p12", data[2] ?? new Uint8Array());
  await house.openssl("pkcs12", "-in", "profile.p12", "-legacy", "-nodes", "-passin", `pass:${download?.password}`);
});

test("an expired certificate is nobody", async () => {
  expect((await ask("laptop")).fingerprint).not.toBeNull();
  house.wait(91 * dayMs);
  expect((await ask("laptop")).fingerprint).toBeNull();
  house.wait(-91 * dayMs);
});

test("a device renews by itself, with its old certificate as proof", async () => {
  const { id } = await house.addDevice("anna", "sensor");
  const other = await house.addDevice("adam", "watch");
  house.wait(65 * dayMs);
  const signingRequestPem = await house.read("sensor.csr");
  const ask = async (name: string, deviceId: string) => {
    house.save("renew.json", JSON.stringify({ deviceId, signingRequestPem }));
    const { out } = await house.run(
      ...["curl", "-sS", "--max-time", "10", "--cacert", "root.crt", "--cert", `${name}.crt`, "--key", `${name}.key`],
      ...["-H", "content-type: application/json", "-d", "@renew.json"],
      `https://localhost:${house.port()}/api/certificates.renew`,
    );
    return JSON.parse(out);
  };
  expect(await ask("sensor", other.id)).toMatchObject({ code: "unauthenticated" });
  house.save("sensor.crt", (await ask("sensor", id)).certificatePem);
  expect(await ask("sensor", id)).toMatchObject({ code: "conflict" });
  house.wait(-65 * dayMs);
});

test("the intermediate is renewed with the root key from its stick, and old certificates go on", async () => {
  const rootKeyPem = await house.read("root.key");
  const passphrase = await house.read("passphrase");
  expect(rootKeyPem).toContain("BEGIN ENCRYPTED PRIVATE KEY");
  await house.openssl("pkey", "-in", "root.key", "-passin", "file:passphrase", "-noout");
  const renew = (key: string, phrase: string) => ({ rootKeyPem: key, passphrase: phrase });
  expect(await house.refusal("root", "certificates.renewAuthority", renew(rootKeyPem, "wrong"))).toBe("bad-request");
  expect(await house.refusal("adam", "certificates.renewAuthority", renew(rootKeyPem, passphrase))).toBe("forbidden");
  const before = (await house.call("root", "certificates.status", {})).authority;
  house.wait(650 * dayMs);
  const { authority } = await house.call("root", "certificates.renewAuthority", renew(rootKeyPem, passphrase));
  house.wait(-650 * dayMs);
  expect(authority.root).toEqual(before!.root);
  expect(authority.intermediate.validToMs).toBeGreaterThan((before?.intermediate.validToMs ?? 0) + 600 * dayMs);
});

test("nothing failed on the side", () => {
  expect(house.failures).toEqual([]);
});

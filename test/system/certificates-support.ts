import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCertificatePort } from "#edge/listener";
import type { Route } from "#platform/http";
import { openHousehold } from "../../src/security/certificates/testing.ts";

export type CertificateHouse = Awaited<ReturnType<typeof openHouse>>;

/** Certificates behind their real listener on a free port, with an authority whose root key lies in `root.key`. Call `close`. */
export async function openHouse(routes: readonly Route[] = []) {
  const home = openHousehold([{ prefix: "/who", handle: who }, ...routes]);
  const { certificates } = home;
  const port = createCertificatePort({
    hostname: "127.0.0.1",
    port: 0,
    keys: async () => {
      const own = await certificates.serverKeys();
      return own && { ...own, clientAuthorities: certificates.clientAuthorities() };
    },
    verify: certificates.verify,
    isValid: (fingerprint) => certificates.deviceOf(fingerprint) !== null,
    handle: home.handle,
    log: home.log,
    handshakeTimeoutMs: 1_500,
  });
  home.listenBy(port);
  const path = (name: string): string => join(home.dir, name);
  const save = (name: string, content: string | Uint8Array): void => writeFileSync(path(name), content);
  const made = await home.call("root", "certificates.createAuthority", { name: "Home" });
  save("root.crt", made.rootPem);
  save("root.key", made.rootKeyPem);
  save("passphrase", made.passphrase);
  await port.refresh();

  const run = async (...argv: string[]): Promise<{ readonly code: number; readonly out: string }> => {
    const child = Bun.spawn(argv, { cwd: home.dir, stdin: "ignore", stdout: "pipe", stderr: "pipe", timeout: 20_000 });
    const [out, problem] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    return { code: await child.exited, out: out + problem };
  };
  const openssl = async (...argv: string[]): Promise<string> => {
    const { code, out } = await run("openssl", ...argv);
    if (code !== 0) throw new Error(`openssl ${argv[0]}: ${out}`);
    return out;
  };
  return {
    ...home,
    path,
    save,
    run,
    openssl,
    read: (name: string): Promise<string> => Bun.file(path(name)).text(),
    port: () => port.port() ?? 0,
    /** A key made here and a certificate for it, as `<name>.key` and `<name>.crt` (with the intermediate below it). */
    addDevice: async (person: string, name: string) => {
      await openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", `${name}.key`);
      await openssl("req", "-new", "-key", `${name}.key`, "-subj", "/CN=whatever", "-out", `${name}.csr`);
      const signingRequestPem = await Bun.file(path(`${name}.csr`)).text();
      const issued = await home.call(person, "certificates.issue", { deviceName: name, signingRequestPem });
      save(`${name}.crt`, issued.certificatePem ?? "");
      return { id: issued.device.id, fingerprint: issued.device.certificates[0]?.fingerprint ?? "" };
    },
    close: async () => {
      await port.stop(500);
      home.close();
    },
  };
}

/** Says what the connection is, as the handlers see it. */
const who: Route["handle"] = (request, context) =>
  Response.json({
    address: context.address,
    fingerprint: context.certificate?.fingerprint ?? null,
    scheme: new URL(request.url).protocol,
  });

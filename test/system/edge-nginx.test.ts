// needs: nginx, openssl, curl
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, statSync } from "node:fs";
import { type EdgeSocket, startEdgeSocket } from "#edge/listener";
import { type CertificateHouse, openHouse } from "./certificates-support.ts";

let house: CertificateHouse;
let socket: EdgeSocket;
let nginx: Bun.Subprocess;
let port = 0;

/** As the guide has it; only folders and the port are the test's. */
const configuration = (dir: string): string => `
daemon off;
pid ${dir}/nginx.pid;
error_log ${dir}/nginx.log;
events {}
http {
  access_log off;
  client_body_temp_path ${dir}/tmp; proxy_temp_path ${dir}/tmp; fastcgi_temp_path ${dir}/tmp; uwsgi_temp_path ${dir}/tmp; scgi_temp_path ${dir}/tmp;
  upstream hearth { server unix:${dir}/edge.sock; keepalive 8; }
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${dir}/server.crt;
    ssl_certificate_key ${dir}/server.key;
    ssl_client_certificate ${dir}/root.crt;
    ssl_verify_client optional_no_ca;
    client_max_body_size 0;
    location / {
      proxy_pass http://hearth;
      proxy_http_version 1.1;
      proxy_request_buffering off;
      proxy_buffering off;
      proxy_read_timeout 1h;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header Hearth-Edge-Address $remote_addr;
      proxy_set_header Hearth-Edge-Certificate $ssl_client_escaped_cert;
    }
    location /push/ {
      proxy_pass http://hearth;
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection upgrade;
      proxy_set_header Host $http_host;
      proxy_set_header Hearth-Edge-Address $remote_addr;
      proxy_set_header Hearth-Edge-Certificate $ssl_client_escaped_cert;
    }
  }
}
`;

function freePort(): number {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const free = server.port ?? 0;
  void server.stop(true);
  return free;
}

beforeAll(async () => {
  house = await openHouse();
  await house.addDevice("anna", "laptop");
  const keys = await house.certificates.serverKeys();
  house.save("server.crt", keys?.cert ?? "");
  house.save("server.key", keys?.key ?? "");
  socket = startEdgeSocket({
    path: house.path("edge.sock"),
    verify: house.certificates.verify,
    isValid: (fingerprint) => house.certificates.deviceOf(fingerprint) !== null,
    handle: house.handle,
    log: house.log,
  });
  port = freePort();
  house.save("nginx.conf", `${process.getuid?.() === 0 ? "user root;" : ""}${configuration(house.dir)}`);
  chmodSync(house.dir, 0o700);
  nginx = Bun.spawn(["nginx", "-c", house.path("nginx.conf")], { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  for (let i = 0; i < 200 && (await ask().catch(() => undefined)) === undefined; i++) await Bun.sleep(25);
});
afterAll(async () => {
  nginx.kill();
  await nginx.exited;
  await socket.stop(500);
  await house.close();
});

async function ask(name?: string, headers: Record<string, string> = {}): Promise<unknown> {
  const keys = name === undefined ? [] : ["--cert", `${name}.crt`, "--key", `${name}.key`];
  const given = Object.entries(headers).flatMap(([key, value]) => ["-H", `${key}: ${value}`]);
  const { code, out } = await house.run(
    ...["curl", "-sS", "--max-time", "10", "--cacert", "root.crt", ...keys, ...given, `https://localhost:${port}/who`],
  );
  if (code !== 0) throw new Error(out);
  return JSON.parse(out);
}

test("an edge hands over the certificate it saw, and nobody can write that header from outside", async () => {
  const nobody = { address: "127.0.0.1", fingerprint: null, scheme: "https:" };
  expect(await ask()).toEqual(nobody);
  const known = (await ask("laptop")) as { fingerprint: string };
  expect(house.certificates.deviceOf(known.fingerprint)).toMatchObject({ name: "laptop" });
  const forged = {
    "hearth-edge-certificate": encodeURIComponent(await house.read("laptop.crt")),
    "hearth-edge-address": "203.0.113.7",
  };
  expect(await ask(undefined, forged)).toEqual(nobody);
  // The ordinary port never reads them.
  const reply = await house.run(
    ...["curl", "-sS", "--cacert", "root.crt", "-H", `hearth-edge-certificate: ${forged["hearth-edge-certificate"]}`],
    `https://localhost:${house.port()}/who`,
  );
  expect(JSON.parse(reply.out)).toEqual(nobody);
});

test("a foreign, expired or revoked certificate is nobody behind an edge too", async () => {
  await house.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "evil.key");
  await house.openssl(
    ...[
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
    ],
  );
  expect(await ask("evil")).toMatchObject({ fingerprint: null });
  house.wait(91 * 86_400_000);
  expect(await ask("laptop")).toMatchObject({ fingerprint: null });
  house.wait(-91 * 86_400_000);
  const phone = await house.addDevice("anna", "phone");
  expect(await ask("phone")).toMatchObject({ fingerprint: phone.fingerprint });
  await house.call("anna", "certificates.revoke", { deviceId: phone.id });
  expect(await ask("phone")).toMatchObject({ fingerprint: null });
});

test("the socket is for its owner and group alone, and refuses an edge that does not say who asks", async () => {
  expect(statSync(house.path("edge.sock")).mode & 0o777).toBe(0o660);
  const reply = await fetch("http://localhost/who", { unix: house.path("edge.sock") });
  expect(reply.status).toBe(502);
});

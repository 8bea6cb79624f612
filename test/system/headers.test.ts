import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningProgram, runProgram } from "#kit";

const password = "correct horse battery";
const environment = { HEARTH_ADMIN_USER: "anna", HEARTH_ADMIN_PASSWORD: password };
const houses: { readonly program: RunningProgram; readonly dir: string }[] = [];

async function open(config: string): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), "hearth-headers-"));
  writeFileSync(join(dir, "hearth.yaml"), config);
  const program = await runProgram(["up", "--data", dir, "--listen", "127.0.0.1:0"], environment);
  houses.push({ program, dir });
  return program.url;
}

let plain = "";
let secure = "";

beforeAll(async () => {
  plain = await open("");
  secure = await open("services: { management: { certificates: { https: true } } }\n");
});
afterAll(async () => {
  for (const { program, dir } of houses) {
    await program.end("SIGTERM");
    rmSync(dir, { recursive: true, force: true });
  }
});

/** The server vouches for itself until its authority is made. */
const ask = (url: string, init: RequestInit = {}): Promise<Response> =>
  fetch(url, { ...init, redirect: "manual", tls: { rejectUnauthorized: false } });

const login = (url: string): Promise<Response> =>
  ask(`${url}/api/session.login`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify({ name: "anna", password }),
  });

test("the page runs its own scripts only, is framed by nobody, and tells nobody where it came from", async () => {
  for (const path of ["/", "/login", "/files/1", "/s/some-token"]) {
    const { headers } = await ask(plain + path);
    const policy = Object.fromEntries(
      (headers.get("content-security-policy") ?? "").split("; ").map((rule) => {
        const [name = "", ...sources] = rule.split(" ");
        return [name, sources.join(" ")];
      }),
    );
    expect(policy).toMatchObject({
      "default-src": "'self'",
      "script-src": "'self'",
      "object-src": "'none'",
      "base-uri": "'none'",
      "frame-ancestors": "'none'",
    });
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("permissions-policy")).toContain("camera=()");
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
  }
});

test("a program in WebAssembly runs in the one worker that draws subtitles, which can do nothing else", async () => {
  const assets = readdirSync(join(import.meta.dir, "../../dist/web/assets"));
  const worker = assets.find((name) => /^ass-worker-.*\.js$/.test(name));
  const { headers } = await ask(`${plain}/assets/${worker}`);
  expect(headers.get("content-security-policy")).toBe(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; frame-ancestors 'none'",
  );
  for (const name of assets.filter((asset) => asset !== worker && asset.endsWith(".js")).slice(0, 5)) {
    expect((await ask(`${plain}/assets/${name}`)).headers.get("content-security-policy")).not.toContain("wasm");
  }
});

test("no other site's page may read an answer, whatever it asks", async () => {
  const origin = "https://evil.example";
  for (const path of ["/", "/api/session.current", "/api/openapi.json", "/dav/", "/healthz", "/pki/root.crt"]) {
    for (const method of ["GET", "OPTIONS", "POST"]) {
      const { headers } = await ask(plain + path, {
        method,
        headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
      });
      const allowed = [...headers.keys()].filter((name) => name.startsWith("access-control-"));
      expect(`${method} ${path} ${allowed.join(" ")}`).toBe(`${method} ${path} `);
    }
  }
});

test("HTTPS is insisted on where the house speaks nothing else, and only there", async () => {
  expect((await ask(`${secure}/`)).headers.get("strict-transport-security")).toMatch(/^max-age=\d{7}$/);
  expect((await ask(`${plain}/`)).headers.has("strict-transport-security")).toBe(false);
});

test("the session's cookie has every protection that the connection allows", async () => {
  const overTls = (await login(secure)).headers.get("set-cookie") ?? "";
  expect(overTls).toMatch(/^__Host-hearth=/);
  for (const flag of ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"]) expect(overTls).toContain(`; ${flag}`);
  const overPlain = (await login(plain)).headers.get("set-cookie") ?? "";
  expect(overPlain).toMatch(/^hearth=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
});

test("no secret that was shown is in the log", async () => {
  const session = (await login(plain)).headers.get("set-cookie") ?? "";
  const cookie = session.split(";")[0] ?? "";
  const made = await ask(`${plain}/api/appPassword.create`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: plain, cookie },
    body: JSON.stringify({ label: "phone" }),
  });
  const { secret } = (await made.json()) as { secret: string };
  const basic = Buffer.from(`anna:${secret}`).toString("base64");
  expect((await ask(`${plain}/dav/nowhere`, { headers: { authorization: `Basic ${basic}` } })).status).toBe(404);
  await login(`${plain}`);
  const [house] = houses;
  const said = `${house?.program.log()}${house?.program.output()}`;
  expect(said.length).toBeGreaterThan(100);
  for (const word of [password, secret, basic, cookie.split("=")[1] ?? "?"]) expect(said).not.toContain(word);
});

// needs: oathtool
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { basic, runProgram, startHearth } from "#kit";

const dataDir = mkdtempSync(join(tmpdir(), "hearth-factors-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));
const [user, password] = ["alice", "correct horse battery"];
const stepMs = 30_000;

/** The code that somebody else's authenticator shows, in the step after the given one. */
function codeOf(secret: string, atMs = Date.now()): string {
  const now = new Date(atMs).toISOString().replace("T", " ").replace(/\..*/, " UTC");
  const { stdout, exitCode } = Bun.spawnSync(["oathtool", "--totp", "--base32", `--now=${now}`, secret]);
  if (exitCode !== 0) throw new Error("oathtool failed");
  return stdout.toString().trim();
}

/** An operation as the page calls it: status, answer, and the cookie that was set. */
async function call(url: string, name: string, input: unknown, cookie = "") {
  const headers = { cookie, origin: url, "content-type": "application/json" };
  const response = await fetch(`${url}/api/${name}`, { method: "POST", headers, body: JSON.stringify(input) });
  const answer = (await response.json()) as Record<string, unknown>;
  return { status: response.status, answer, cookie: response.headers.getSetCookie()[0]?.split(";")[0] ?? "" };
}

const propfind = async (url: string, authorization: string) => {
  const headers = { authorization, depth: "0" };
  return (await fetch(`${url}/dav/home/`, { method: "PROPFIND", headers })).status;
};

/** Everything below a folder, as one text. */
function contentOf(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
  return names.flatMap((name) => (statSync(name).isFile() ? [readFileSync(name, "latin1")] : [])).join("\n");
}

test("an authenticator app guards the account, over a restart, until it is taken off at the machine", async () => {
  const hearth = await startHearth({ dataDir, user, password });
  const { secret } = (await call(hearth.url, "totp.begin", {}, hearth.cookie)).answer as { secret: string };
  const setUpMs = Date.now();
  const confirmed = await call(hearth.url, "totp.confirm", { code: codeOf(secret, setUpMs) }, hearth.cookie);
  expect(confirmed.status).toBe(200);
  const [recoveryCode = ""] = confirmed.answer["recoveryCodes"] as string[];
  expect((await call(hearth.url, "session.current", {}, hearth.cookie)).answer["person"]).toBeNull();

  expect(await propfind(hearth.url, basic(user, password))).toBe(401);
  expect(await propfind(hearth.url, hearth.authorization)).toBe(207);
  await hearth.stop();

  const up = ["up", "--data", dataDir, "--listen", "127.0.0.1:0"];
  const again = await runProgram(up);
  const begin = async (url: string) => call(url, "session.login", { name: user, password });
  const { ticket } = (await begin(again.url)).answer;
  const second = (method: string, code: string) => call(again.url, "session.secondFactor", { ticket, method, code });
  expect((await second("totp", codeOf(secret, setUpMs))).status).toBe(401);
  const next = await second("totp", codeOf(secret, setUpMs + stepMs));
  expect(next.answer).toMatchObject({ step: "done", person: { name: user } });
  expect((await call(again.url, "session.current", {}, next.cookie)).answer).toMatchObject({
    factors: ["password", "totp"],
  });
  expect(await propfind(again.url, basic(user, password))).toBe(401);
  await again.end("SIGTERM");

  expect(statSync(join(dataDir, "security", "secrets.key")).mode & 0o777).toBe(0o600);
  const kept = `${contentOf(dataDir)}\n${hearth.log()}\n${again.log()}`;
  for (const text of [secret, recoveryCode, password, String(ticket)]) expect(kept.includes(text)).toBe(false);

  const main = new URL("../../src/cli.ts", import.meta.url).pathname;
  const reset = Bun.spawnSync([process.execPath, main, "account", "reset-factors", user, "--data", dataDir]);
  expect(reset.stdout.toString()).toContain("Restart Hearth");
  const last = await runProgram(up);
  const { answer, cookie } = await begin(last.url);
  expect(answer).toMatchObject({ step: "done" });
  const { notices } = (await call(last.url, "notices.list", {}, cookie)).answer as { notices: { kind: string }[] };
  expect(notices.map(({ kind }) => kind)).toContain("factors-reset");
  await last.end("SIGTERM");
}, 60_000);

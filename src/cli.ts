#!/usr/bin/env bun
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { demoPassword, furnish, furnishMedia, live, people, sharedSpace } from "#demo";
import { renderReport, runDoctor } from "#apps/management/doctor";
import { systemClock } from "#platform/clock";
import { configJsonSchema, type Environment, loadConfig, readEnvironment, renderFindings } from "#platform/config";
import { AppError, toAppError } from "#platform/errors";
import { createExec } from "#platform/exec";
import { createLogger } from "#platform/log";
import { systemActor } from "#platform/usecase";
import { renderVerification, verifyFolder } from "#security/audit";
import { requestFactorReset } from "#security/factors";
import { switchGuard } from "#security/guard";
import { errorTable } from "#wire";
import { databasePath, startHearth } from "./main.ts";

const pageDir = join(import.meta.dir, "..", "dist", "web");

const usage = `hearth — a home cloud

  hearth up       [--data DIR] [--listen HOST:PORT] [--config FILE]   run the cloud
  hearth demo     [--listen HOST:PORT] [--without-media]              a made-up household to try things on, gone afterwards
  hearth doctor   [--data DIR]                                        what is missing on this machine, and how to get it
  hearth config   schema | check                                      the configuration file
  hearth audit    verify [--data DIR] [--json]                        whether the log of who did what is as it was written
  hearth account  reset-factors NAME [--data DIR]                     take the second factors off an account that lost them all
  hearth guard    off | on [--data DIR]                               the emergency switch of the application firewall
`;

const options = {
  data: { type: "string" },
  listen: { type: "string" },
  config: { type: "string" },
  "log-level": { type: "string" },
  json: { type: "boolean" },
  "without-media": { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

type Values = ReturnType<typeof readArguments>["values"];

function readArguments(argv: string[]) {
  return parseArgs({ args: argv, options, allowPositionals: true, strict: true });
}

/** Loads the configuration or ends with every finding named. */
function requireConfig(values: Values, environment: Environment) {
  const loaded = loadConfig({
    environment,
    file: values.config,
    dataDir: values.data,
    listen: values.listen,
    logLevel: values["log-level"],
  });
  if (loaded.ok) return loaded;
  process.stderr.write(`${renderFindings(loaded.file, loaded.findings)}\n`);
  return process.exit(errorTable["bad-request"].exitCode);
}

async function up(values: Values): Promise<void> {
  const environment = readEnvironment();
  const { config, dataDir } = requireConfig(values, environment);
  const hearth = await startHearth({
    dataDir,
    config,
    pageDir,
    owner: { user: environment.adminUser, password: ownerPassword(environment) },
  });
  if (hearth.firstRun.state === "code") {
    process.stdout.write(`\nOpen the page and create the owner with this set-up code:  ${hearth.firstRun.code}\n\n`);
  }
  process.stdout.write(`hearth is ready at ${hearth.url.origin}\n`);
  stopOnSignal(() => hearth.stop());
}

/** The first signal ends in order, the second at once. */
function stopOnSignal(end: () => Promise<void>): void {
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(1);
    stopping = true;
    void end().then(() => process.exit(0));
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

/** A household in a temporary folder, removed at the end. */
async function demo(values: Values): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), "hearth-demo-"));
  const { config } = requireConfig({ ...values, data: dataDir }, readEnvironment());
  const log = createLogger({ clock: systemClock, level: "warn", write: (line) => process.stderr.write(line) });
  const exec = createExec({ log, clock: systemClock });
  const [volume = { path: join(dataDir, "files") }] = Object.values(config.system.storage.volumes);
  const leaving = new AbortController();
  const place = {
    ...{ volume: volume.path, scratch: join(dataDir, "demo"), nowMs: systemClock.now() },
    ...{ exec, log, signal: leaving.signal },
  };
  await furnish(place);
  const [owner, ...others] = people;
  const hearth = await startHearth({ dataDir, config, pageDir, owner: { user: owner.name, password: demoPassword } });
  const { identity, storage, access } = hearth;
  await identity.update(systemActor, hearth.firstRun.state === "created" ? hearth.firstRun.person.id : 0, owner);
  for (const { name, displayName, role } of others) {
    await identity.create(systemActor, { name, displayName, roles: [role], quotaBytes: null }, demoPassword);
  }
  const space = await storage.createSpace({ kind: "shared", name: sharedSpace, quotaBytes: null });
  const roleOf = (name: string) => (name === owner.name ? ("manager" as const) : ("editor" as const));
  access.setMembers(
    space.id,
    identity.list().map(({ id, name }) => ({ userId: id, role: roleOf(name) })),
  );
  const hasFilms = exec.which("ffmpeg") !== null;
  const settle = async () => {
    const owner = {
      url: hearth.url.origin,
      name: people[0].name,
      password: demoPassword,
      signal: leaving.signal,
      hasFilms,
    };
    // All of them end before the folder goes.
    for (const done of await Promise.allSettled([furnishMedia(place), live(owner)])) {
      if (done.status === "fulfilled" || leaving.signal.aborted) continue;
      log.warn("the demo is not complete", { error: done.reason });
    }
  };
  process.stdout.write(`\nLog in as ${people.map(({ name }) => name).join(", ")} with the password ${demoPassword}\n`);
  process.stdout.write(`hearth is ready at ${hearth.url.origin}\n`);
  const settling = values["without-media"] === true ? Promise.resolve() : settle();
  stopOnSignal(async () => {
    leaving.abort();
    await Promise.all([settling, exec.stopAll()]);
    await hearth.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
}

function ownerPassword(environment: Environment): string | undefined {
  if (environment.adminPasswordFile === undefined) return environment.adminPassword;
  return readFileSync(environment.adminPasswordFile, "utf8").replace(/\r?\n$/, "");
}

function config(values: Values, action: string | undefined): void {
  if (action === "schema") process.stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
  else {
    requireConfig(values, readEnvironment());
    process.stdout.write("The configuration is fine.\n");
  }
}

/** Looks at the machine itself, so it works while the server is off. Fails when data or service are at risk. */
function doctor(values: Values): void {
  const { config, dataDir } = requireConfig(values, readEnvironment());
  const log = createLogger({ clock: systemClock, level: "error", write: (line) => process.stderr.write(line) });
  const volumes = Object.fromEntries(
    Object.entries(config.system.storage.volumes).map(([name, { path }]) => [name, path]),
  );
  const findings = runDoctor({ exec: createExec({ log, clock: systemClock }), dataDir, volumes });
  process.stdout.write(values.json === true ? `${JSON.stringify({ findings })}\n` : renderReport(findings));
  if (findings.some(({ state }) => state === "error")) process.exitCode = errorTable.unavailable.exitCode;
}

/** Reads the files, so it works with the server off or on. Fails when an entry was changed, removed or put in. */
function audit(values: Values, action: string | undefined): void {
  if (action !== "verify") throw new AppError("bad-request", "Say what to do: hearth audit verify");
  const { dataDir } = requireConfig(values, readEnvironment());
  const result = verifyFolder(dataDir, databasePath(dataDir));
  process.stdout.write(values.json === true ? `${JSON.stringify(result)}\n` : renderVerification(result));
  if (result.problems.length > 0) process.exitCode = errorTable.conflict.exitCode;
}

/** For an owner who lost every factor: whoever has the machine may take them off. */
function account(values: Values, action: string | undefined, name: string | undefined): void {
  if (action !== "reset-factors" || name === undefined) {
    throw new AppError("bad-request", "Say what to do: hearth account reset-factors NAME");
  }
  const { dataDir } = loadConfig({ environment: readEnvironment(), file: values.config, dataDir: values.data });
  requestFactorReset(dataDir, name);
  process.stdout.write(
    `The second factors of ${name} go at the next start. Restart Hearth, then log in with the password.\n`,
  );
}

/** For somebody locked out by a rule: works beside a running server and with a configuration that is broken. */
function guard(values: Values, action: string | undefined): void {
  if (action !== "on" && action !== "off") throw new AppError("bad-request", "Say what to do: hearth guard off | on");
  const { dataDir } = loadConfig({ environment: readEnvironment(), file: values.config, dataDir: values.data });
  switchGuard(dataDir, action);
  process.stdout.write(
    action === "off"
      ? "The application firewall refuses nothing any more, within seconds. Put the rules right, then: hearth guard on\n"
      : "The application firewall holds again, within seconds.\n",
  );
}

async function main(argv: string[]): Promise<void> {
  const { values, positionals } = readArguments(argv);
  const [command, action, subject] = positionals;
  if (values.help === true || command === undefined) process.stdout.write(usage);
  else if (command === "up") await up(values);
  else if (command === "demo") await demo(values);
  else if (command === "config") config(values, action);
  else if (command === "doctor") doctor(values);
  else if (command === "audit") audit(values, action);
  else if (command === "account") account(values, action, subject);
  else if (command === "guard") guard(values, action);
  else {
    process.stderr.write(`There is no command "${command}".\n\n${usage}`);
    process.exitCode = errorTable["bad-request"].exitCode;
  }
}

try {
  await main(process.argv.slice(2));
} catch (thrown) {
  const error = toAppError(thrown);
  const cause =
    error.code === "internal" ? String(error.cause instanceof Error ? error.cause.stack : error.cause) : error.detail;
  process.stderr.write(`hearth: ${cause}\n`);
  process.exit(errorTable[error.code].exitCode);
}

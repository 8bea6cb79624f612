import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemRandom } from "#platform/clock";
import { openDatabase } from "#platform/db";
import { toAppError } from "#platform/errors";
import { apiHandler, createHttp, type Route } from "#platform/http";
import { createLogger } from "#platform/log";
import { type Actor, anonymous, createRunner, type UseCaseContext } from "#platform/usecase";
import { capabilitiesOf } from "#security/access";
import type { InputOf, OutputOf, Role } from "#wire";
import type { certificatesContract } from "./contract.ts";
import { certificatesMigrations, createCertificatesModule } from "./index.ts";

const people: readonly { readonly id: number; readonly name: string; readonly roles: readonly Role[] }[] = [
  { id: 1, name: "root", roles: ["owner"] },
  { id: 2, name: "anna", roles: ["member"] },
  { id: 3, name: "adam", roles: ["admin"] },
  { id: 4, name: "omar", roles: ["member"] },
];
/** Names the caller of a request; nobody without it. */
const userHeader = "x-test-user";

type OperationName = keyof typeof certificatesContract;

export type Household = ReturnType<typeof openHousehold>;

/** What stands where the listener stands in the program. */
interface ListenerPort {
  port(): number | undefined;
  closeRevoked(): void;
  refresh(): Promise<void>;
}

/** Certificates on a real database in a temporary folder, for four people; only logging in is replaced. Call `close`. */
export function openHousehold(routes: readonly Route[] = []) {
  const dir = mkdtempSync(join(tmpdir(), "hearth-certificates-"));
  let offsetMs = 0;
  const clock: Clock = { now: () => Date.now() + offsetMs };
  const failures: string[] = [];
  const log = createLogger({ clock, level: "error", write: (line) => void failures.push(line) });
  const db = openDatabase({ path: join(dir, "hearth.db"), migrations: certificatesMigrations, clock, log });
  const disabled = new Set<number>();
  const revokedDevices: string[] = [];
  const names = ["localhost", "127.0.0.1"];
  let listener: ListenerPort = { port: () => 8443, closeRevoked: () => undefined, refresh: async () => undefined };
  const open = (enforce = true) =>
    createCertificatesModule({
      db,
      clock,
      random: systemRandom,
      log,
      dataDir: dir,
      findPerson: (id) => {
        const person = people.find((one) => one.id === id);
        return person && { ...person, displayName: person.name.toUpperCase(), disabled: disabled.has(id) };
      },
      names: () => names,
      hasEdge: false,
      enforce,
      listenerPort: () => listener.port(),
      permissionOf: (operation) => runner.implementations.get(operation)?.operation.permission,
      onRevoked: (deviceId) => void revokedDevices.push(deviceId),
      closeRevoked: () => listener.closeRevoked(),
      onAuthorityChanged: () => listener.refresh(),
    });
  const certificates = open();
  const runner = createRunner({ implementations: certificates.implementations, log, clock, audit: () => undefined });

  const actor = (name: string | null, factorAtMs = clock.now()): Actor => {
    const person = people.find((one) => one.name === name);
    if (person === undefined || disabled.has(person.id)) return anonymous;
    return {
      ...anonymous,
      kind: "person",
      userId: person.id,
      name: person.name,
      roles: person.roles,
      capabilities: capabilitiesOf(person.roles),
      via: "session",
      credentialId: "session",
      readOnly: false,
      factors: ["password"],
      factorAtMs,
    };
  };
  const served = (path: string): Route => ({ prefix: path, handle: () => new Response("passed") });
  const handle = createHttp({
    routes: [{ prefix: "/api/certificates.", handle: apiHandler(runner) }, certificates.route, ...routes, served("/")],
    authenticate: (request) => actor(request.headers.get(userHeader)),
    gate: certificates.gate,
    log,
    clock,
  });

  /** Calls an operation as a person. */
  const call = async <N extends OperationName>(
    name: string,
    operation: N,
    input: InputOf<typeof certificatesContract, N>,
    context: Partial<UseCaseContext> = {},
  ): Promise<OutputOf<typeof certificatesContract, N>> => {
    const caller = {
      actor: actor(name),
      requestId: "test",
      address: "192.0.2.1",
      userAgent: "",
      secure: true,
      replyHeaders: new Headers(),
      ...context,
    };
    // The runner knows operations by name only; the contract says what this one answers.
    return (await runner.run(operation, input, caller)) as OutputOf<typeof certificatesContract, N>;
  };
  return {
    dir,
    log,
    certificates,
    /** The module as a second start of the program would have it. */
    reopened: open,
    call,
    actor,
    /** The error code of a call that must fail. */
    refusal: async <N extends OperationName>(
      name: string,
      operation: N,
      input: InputOf<typeof certificatesContract, N>,
      context?: Partial<UseCaseContext>,
    ): Promise<string> => {
      try {
        await call(name, operation, input, context);
      } catch (thrown) {
        return toAppError(thrown).code;
      }
      throw new Error(`${operation} was allowed`);
    },
    /** `passed`, or the code with which a request over a connection that shows this certificate is refused. */
    gate: async (
      name: string,
      path: string,
      shown: { readonly certificate?: { readonly fingerprint: string } },
    ): Promise<string> => {
      const request = new Request(`https://localhost${path}`, { headers: { [userHeader]: name }, method: "POST" });
      const reply = await handle(request, { address: "192.0.2.1", ...shown, setIdleTimeout: () => undefined });
      return reply.headers.get("content-type") === "application/problem+json"
        ? ((await reply.json()) as { code: string }).code
        : "passed";
    },
    handle,
    failures,
    revokedDevices,
    names,
    listenBy: (port: ListenerPort) => void (listener = port),
    disable: (id: number) => {
      disabled.add(id);
      certificates.accountChanged(id);
    },
    nowMs: clock.now,
    wait: (ms: number) => void (offsetMs += ms),
    close: () => {
      db.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

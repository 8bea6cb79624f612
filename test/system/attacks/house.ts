import { basic, rawHttp, type RawReply } from "#kit";
import { startSystem, type System } from "../support.ts";

export interface Entry {
  readonly seq: number;
  readonly count: number;
  readonly who: { readonly userId: number; readonly name: string; readonly kind: string };
  readonly via: string;
  readonly address: string;
  readonly userAgent: string;
  readonly operation: string;
  readonly resources: readonly string[];
  readonly outcome: "allowed" | "refused" | "failed";
  readonly detail: string;
}

/** Somebody with an account, a session and an app password. */
export interface Person {
  readonly id: number;
  readonly name: string;
  readonly password: string;
  /** `Cookie` header of a session. */
  readonly cookie: string;
  /** `Authorization` header of an app password. */
  readonly authorization: string;
}

export interface House extends System {
  /** Adds somebody and logs them in. */
  add(name: string, roles?: readonly string[]): Promise<Person>;
  login(name: string, password: string, from?: string): Promise<RawReply>;
  /** An operation with these headers and no others; the page's own would be `cookie` and `origin`. */
  as(headers: Readonly<Record<string, string>>, operation: string, input?: unknown): Promise<Response>;
  /** An operation as somebody's page sends it. */
  page(person: Pick<Person, "cookie">, operation: string, input?: unknown): Promise<Response>;
  makeAppPassword(person: Pick<Person, "cookie" | "name">, scope: "files" | "files:read"): Promise<string>;
  /** Everything in the audit log that fits, newest first. */
  audit(filter?: Readonly<Record<string, unknown>>): Promise<Entry[]>;
  /** How many acts the entries that fit stand for. */
  audited(filter: Readonly<Record<string, unknown>>): Promise<number>;
  /** Every operation there is, with what it asks for. */
  operations(): Promise<Map<string, string>>;
}

const jsonType = { "content-type": "application/json" };

/** The real program with an owner, alice, whose session and app password are those of `System`. */
export async function openHouse(options: Parameters<typeof startSystem>[0] = {}): Promise<House> {
  const system = await startSystem(options);
  const as: House["as"] = (headers, operation, input = {}) =>
    fetch(`${system.url}/api/${operation}`, { method: "POST", headers, body: JSON.stringify(input) });
  const page: House["page"] = ({ cookie }, operation, input) =>
    as({ ...jsonType, cookie, origin: system.url }, operation, input);
  const login: House["login"] = (name, password, from) =>
    rawHttp(system.url, {
      method: "POST",
      target: "/api/session.login",
      headers: [...Object.entries(jsonType), ["Origin", system.url], ["User-Agent", "attack"]],
      body: JSON.stringify({ name, password }),
      ...(from === undefined ? {} : { from }),
    });
  const makeAppPassword: House["makeAppPassword"] = async (person, scope) => {
    const made = await answerOf(page(person, "appPassword.create", { label: "attack", scope }));
    return basic(person.name, String(made["secret"]));
  };
  const audit: House["audit"] = async (filter = {}) => {
    const found: Entry[] = [];
    let beforeSeq: unknown;
    do {
      const answer = await answerOf(
        page(system, "audit.search", { ...filter, limit: 500, ...(beforeSeq === undefined ? {} : { beforeSeq }) }),
      );
      found.push(...(answer["entries"] as Entry[]));
      beforeSeq = answer["nextBeforeSeq"];
    } while (beforeSeq !== null);
    return found;
  };
  return {
    ...system,
    as,
    page,
    login,
    makeAppPassword,
    audit,
    audited: async (filter) => (await audit(filter)).reduce((sum, { count }) => sum + count, 0),
    add: async (name, roles = ["member"]) => {
      const password = `${name}'s long way through the woods`;
      const draft = { name, displayName: name, password, roles };
      const { person } = await answerOf(page(system, "people.create", draft));
      const reply = await login(name, password);
      const cookie = reply.headers.get("set-cookie")?.split(";")[0] ?? "";
      const who = { id: (person as { id: number }).id, name, password, cookie };
      return { ...who, authorization: await makeAppPassword(who, "files") };
    },
    operations: async () => {
      const { paths } = await answerOf(fetch(`${system.url}/api/openapi.json`));
      return new Map(
        Object.entries(paths as Record<string, { post: { "x-permission": string } }>).map(([path, { post }]) => [
          path.slice("/api/".length),
          post["x-permission"],
        ]),
      );
    },
  };
}

/** The JSON of a 200; anything else fails the test with what was said. */
export async function answerOf(asked: Promise<Response>): Promise<Record<string, unknown>> {
  const response = await asked;
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status} of ${response.url}: ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}

/** The code of a refusal, `ok` for anything below 400. */
export async function codeOf(asked: Promise<Response>): Promise<string> {
  const response = await asked;
  const text = await response.text();
  if (response.status < 400) return "ok";
  return text.startsWith("{") ? String((JSON.parse(text) as { code?: unknown }).code) : String(response.status);
}

import type { Socket } from "#platform/http";
import type { Logger } from "#platform/log";
import type { Actor } from "#platform/usecase";
import type { AppPasswords } from "#security/sessions";
import { type AudienceDeps, type Changes, createAudience } from "./push-audience.ts";
import { closeCodes, type PushSession } from "./push-handshake.ts";
import { createPace, joinNews, type News } from "./push-pace.ts";

export interface ListenersDeps extends AudienceDeps {
  readonly log: Logger;
  readonly appPasswords: Pick<AppPasswords, "actorOf">;
  /** Called when app passwords, the password or the account of a person have changed. */
  readonly onCredentialsChanged: (listener: (personId: number) => void) => () => void;
}

/** Changes are gathered so long: what one act does comes as one message. */
const gatherMs = 20;
const maxPerPerson = 32;

interface Listener {
  actor: Actor;
  readonly socket: Socket;
  readonly pace: ReturnType<typeof createPace>;
  /** As they were last told of it. */
  top: string;
  wantsIds: boolean;
}

/** The clients that wait for changes, each told of what its person can see. */
export function createListeners(deps: ListenersDeps) {
  const { dav } = deps;
  const audience = createAudience(deps);
  const listeners = new Set<Listener>();
  const drop = (listener: Listener, code: number, reason: string) => {
    listeners.delete(listener);
    listener.pace.stop();
    listener.socket.close(code, reason);
  };
  const forEach = (act: (listener: Listener) => void) => {
    for (const listener of listeners) {
      try {
        act(listener);
      } catch (cause) {
        deps.log.error("a sync client could not be told of a change", { cause });
        drop(listener, closeCodes.tryLater, "");
      }
    }
  };
  const tell = (changes: Changes) =>
    forEach((listener) => {
      const top = audience.topOf(listener.actor);
      if (top === listener.top) return;
      listener.top = top;
      listener.pace.add(audience.newsFor(listener.actor, changes));
    });
  const tellOfVolume = (volume: string) =>
    forEach(({ actor, pace }) => {
      if (audience.concernsVolume(actor, volume)) pace.add("much");
    });
  const judge = (personId: number) =>
    forEach((listener) => {
      if (listener.actor.userId !== personId) return;
      const actor = currentActor(deps, listener.actor);
      if (actor === undefined) drop(listener, closeCodes.refused, "Log in again.");
      else listener.actor = actor;
    });
  const news = gatherNews(dav, () => listeners.size > 0, tell);
  const ends = [
    news.stop,
    dav.storage.events.subscribe("volumeState", ({ volume }) => tellOfVolume(volume)),
    // After the transaction that the change is a part of.
    deps.onCredentialsChanged((personId) => queueMicrotask(() => judge(personId))),
  ];

  return {
    /** Has everybody's top looked at, as after a restore was announced. */
    look: news.gather,
    count: (): number => listeners.size,
    begin: (socket: Socket, actor: Actor): PushSession => {
      const own = [...listeners].filter((one) => one.actor.userId === actor.userId);
      // The oldest goes: a device that has changed its network is back before its old socket is known to be dead.
      if (own.length >= maxPerPerson && own[0] !== undefined) drop(own[0], closeCodes.tryLater, "Too many devices.");
      const pace = createPace((news) => socket.send(messageOf(news, listener.wantsIds)));
      const listener: Listener = { actor, socket, pace, top: audience.topOf(actor), wantsIds: false };
      listeners.add(listener);
      return {
        heard: (text) => {
          if (text === "listen notify_file_id") listener.wantsIds = true;
        },
        ended: () => {
          listeners.delete(listener);
          pace.stop();
        },
      };
    },
    stop: (): void => {
      for (const end of ends) end();
      for (const listener of listeners) drop(listener, closeCodes.goingAway, "The server stops.");
    },
  };
}

function messageOf(news: News, wantsIds: boolean): string {
  return wantsIds && news !== "much" ? `notify_file_id ${JSON.stringify([...news])}` : "notify_file";
}

/** Whoever speaks with a credential, as it is now; undefined when it is none any more. A password is asked for anew. */
function currentActor({ appPasswords }: ListenersDeps, { via, userId, credentialId }: Actor): Actor | undefined {
  if (via !== "app-password" || credentialId === null) return undefined;
  return appPasswords.actorOf(userId, credentialId) ?? undefined;
}

/** Gathers what changes; while nobody listens, a change costs one look. */
function gatherNews(
  { storage, access, mounts }: AudienceDeps["dav"],
  isHeard: () => boolean,
  tell: (changes: Changes) => void,
): { readonly gather: () => void; readonly stop: () => void } {
  let changes = new Map<number, News>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    const gathered = changes;
    changes = new Map();
    tell(gathered);
  };
  const gather = () => {
    if (isHeard()) timer ??= setTimeout(flush, gatherMs);
  };
  const ends = [
    storage.events.subscribe("changed", ({ spaceId, folderIds }) => {
      if (!isHeard()) return;
      const news: News = folderIds.length === 0 ? "much" : new Set(folderIds);
      changes.set(spaceId, joinNews(changes.get(spaceId), news));
      gather();
    }),
    // What this means to whom is found out when everybody's top is compared with what it was.
    access.onChanged(gather),
    mounts.events.subscribe("changed", gather),
  ];
  const stop = () => {
    for (const end of ends) end();
    clearTimeout(timer);
  };
  return { gather, stop };
}

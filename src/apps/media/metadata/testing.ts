import { createMusicbrainz, musicbrainzHosts } from "./musicbrainz.ts";
import { createOutgoing } from "./outgoing.ts";
import recordings from "./testdata/catalogues.json" with { type: "json" };
import { createTmdb, tmdbHosts } from "./tmdb.ts";

interface Sent {
  readonly url: URL;
  readonly headers: Headers;
}

/** Answers of catalogues from a server on this machine; what they are asked over HTTPS is led there. */
export function openCatalogues() {
  const sent: Sent[] = [];
  const pausesMs: number[] = [];
  let answer: ((url: URL) => Response | undefined) | undefined;
  let nowMs = 1_000_000;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => {
      const url = new URL(decodeURIComponent(new URL(request.url).pathname.slice(1)));
      sent.push({ url, headers: request.headers });
      const own = answer?.(url);
      if (own !== undefined) return own;
      const query = url.searchParams.get("query");
      const path = `${url.hostname}${url.pathname}`;
      const all: Readonly<Record<string, unknown>> = recordings;
      const found = all[`${path}?query=${query}`] ?? all[path];
      if (found !== undefined) return Response.json(found);
      return path.includes("/search/") ? Response.json({ results: [] }) : new Response(null, { status: 404 });
    },
  });
  const outgoing = (hosts: readonly string[], intervalMs: number) =>
    createOutgoing({
      clock: { now: () => nowMs },
      hosts,
      intervalMs,
      userAgent: "Test/1 ( test )",
      wait: (ms) => {
        pausesMs.push(ms);
        nowMs += ms;
        return Promise.resolve();
      },
      send: (request) =>
        fetch(`http://127.0.0.1:${server.port}/${encodeURIComponent(request.url)}`, {
          headers: request.headers,
          redirect: "manual",
          signal: request.signal,
        }),
    });
  return {
    sent,
    pausesMs,
    outgoing,
    /** Answers in place of the recordings; undefined goes back to them. */
    answer: (with_: typeof answer) => {
      answer = with_;
    },
    tmdb: (key = "k".repeat(32)) =>
      createTmdb({ outgoing: outgoing(tmdbHosts, 0), key: () => Promise.resolve(key), language: "de-DE" }),
    musicbrainz: () => createMusicbrainz(outgoing(musicbrainzHosts, 1100)),
    close: () => server.stop(true),
  };
}

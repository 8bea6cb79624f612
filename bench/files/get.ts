import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ask, type Bench } from "../kit/bench.ts";
import { at, atTls, runLoad, runWrk } from "../kit/load.ts";
import { interleave, type Subject } from "../kit/rounds.ts";
import type { PartResult, Peer } from "../kit/types.ts";
import { ratioVerdict } from "../kit/verdict.ts";

const mebibyte = 1024 * 1024;
const largeBytes = 512 * mebibyte;
const smallBytes = 4096;
const smallConnections = 32;

/** A file of random bytes of the given size, made once per call. */
function randomFile(path: string, sizeBytes: number): void {
  const block = crypto.getRandomValues(new Uint8Array(65_536));
  const data = new Uint8Array(sizeBytes);
  for (let at = 0; at < sizeBytes; at += block.length) data.set(block.subarray(0, sizeBytes - at), at);
  writeFileSync(path, data);
}

/** Puts the file where each peer shows it: straight on disk, or through Hearth's own PUT. */
async function place(peers: readonly Peer[], name: string, sizeBytes: number): Promise<void> {
  for (const peer of peers) {
    if (peer.authorization) await runLoad({ kind: "put", target: at(peer, name), sizeBytes });
    else randomFile(join(peer.folder, name), sizeBytes);
  }
}

/** GET of one file of 512 MiB, one connection. */
export async function getLarge(bench: Bench): Promise<PartResult> {
  const peers = [await bench.nginx(), await bench.apache(), await bench.rclone(), ...(await bench.hearth())];
  await place(peers, "large.bin", largeBytes);
  const subjects = peers.map((peer): Subject => ({
    name: peer.name,
    run: async () => {
      const { seconds } = await runLoad({ kind: "get", target: at(peer, "large.bin"), sizeBytes: largeBytes });
      return largeBytes / seconds / 1e9;
    },
  }));
  const samples = await interleave(subjects, bench.settings.rounds);
  const figure = { part: "get-large", title: "GET 512 MiB", unit: "GB/s", samples };
  return { figures: [figure], verdicts: ratioVerdict(figure, { ours: "Hearth", base: "nginx", atLeast: 1 }) };
}

/** GET of one file of 512 MiB over TLS 1.3; both servers have the same P-256 certificate. */
export async function getTls(bench: Bench): Promise<PartResult> {
  const nginx = await bench.nginx();
  const plain = await bench.hearth();
  await place([nginx, ...plain], "large.bin", largeBytes);
  for (const peer of plain) await peer.stop();
  const peers = [nginx, ...(await bench.hearth({ certificate: bench.certificate() }))];
  for (const peer of peers) await proveOverTls(peer);
  const ciphers = new Map<string, string>();
  const subjects = peers.map((peer): Subject => ({
    name: peer.name,
    run: async () => {
      const answer = await runLoad({ kind: "get-tls", target: atTls(peer, "large.bin"), sizeBytes: largeBytes });
      ciphers.set(peer.name, answer.cipher ?? "");
      return largeBytes / answer.seconds / 1e9;
    },
  }));
  const samples = await interleave(subjects, bench.settings.rounds);
  if (new Set(ciphers.values()).size !== 1) throw new Error(`different ciphers: ${[...ciphers].join(" | ")}`);
  const note = `P-256, ${[...ciphers.values()][0]}`;
  const figure = { part: "tls", title: "GET 512 MiB over TLS", unit: "GB/s", samples, note };
  return { figures: [figure], verdicts: ratioVerdict(figure, { ours: "Hearth", base: "nginx", atLeast: 1.5 }) };
}

/** The load client does not decrypt, so a normal client first fetches the whole file once. */
async function proveOverTls(peer: Peer): Promise<void> {
  const target = atTls(peer, "large.bin");
  const argv = ["curl", "-sk", "-o", "/dev/null", "-w", "%{http_code} %{size_download}", "--max-time", "60"];
  const header = target.authorization ? ["-H", target.authorization.trim()] : [];
  const done = Bun.spawnSync([...argv, ...header, `https://127.0.0.1:${target.port}${target.path}`]);
  const said = done.stdout.toString();
  if (said !== `200 ${largeBytes}`) throw new Error(`${peer.name} over TLS: ${said}`);
}

/** GET of one file of 4 KiB over 32 kept-alive connections, by wrk. */
export async function getSmall(bench: Bench): Promise<PartResult> {
  const peers = [await bench.nginx(), await bench.apache(), await bench.rclone(), ...(await bench.hearth())];
  await place(peers, "small.bin", smallBytes);
  for (const peer of peers) {
    const size = (await (await ask(peer, "GET", "small.bin")).arrayBuffer()).byteLength;
    if (size !== smallBytes) throw new Error(`${peer.name}: ${size} bytes instead of ${smallBytes}`);
  }
  const seconds = bench.settings.quick ? 2 : 5;
  const subjects = peers.map((peer): Subject => ({
    name: peer.name,
    run: () => runWrk(at(peer, "small.bin"), { connections: smallConnections, seconds }),
  }));
  const samples = await interleave(subjects, bench.settings.rounds);
  const title = `GET 4 KiB, ${smallConnections} connections`;
  const figure = { part: "get-small", title, unit: "requests/s", samples };
  return { figures: [figure], verdicts: ratioVerdict(figure, { ours: "Hearth", base: "nginx", atLeast: 0.8 }) };
}

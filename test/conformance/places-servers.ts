import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import S3rver from "@20minutes/s3rver";
import type { RemoteSettings } from "#storage/external";

/** Real servers of other makes on loopback, for the tests of external places. Root only: accounts are made in mounts of their own. */
export interface PlaceServer {
  readonly settings: RemoteSettings;
  /** Where its files lie on this machine; undefined where it keeps them in a form of its own. */
  readonly folder: string | undefined;
  stop(): Promise<void>;
}

export const account = { user: "placeuser", secret: "geheim & größer? 'x'" };
const startWithinMs = 15_000;
const base = { ...account, container: "", folder: "", region: "", hostKey: "" };

function freePort(): number {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const { port } = server;
  server.stop(true);
  return port;
}

async function run(argv: readonly string[], stdin = ""): Promise<string> {
  const child = Bun.spawn([...argv], { stdin: Buffer.from(stdin), stdout: "pipe", stderr: "pipe", timeout: 20_000 });
  const [out, error] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0) throw new Error(`${argv.join(" ")}: ${out}${error}`);
  return out;
}

async function untilOpen(port: number): Promise<void> {
  const until = performance.now() + startWithinMs;
  while (performance.now() < until) {
    const open = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data: () => undefined } }).then(
      (socket) => (socket.end(), true),
      () => false,
    );
    if (open) return;
    await Bun.sleep(50);
  }
  throw new Error(`nothing listens on port ${port}`);
}

/** A daemon in a mount namespace where the account exists, with a folder of its own. */
async function startDaemon(dir: string, argv: readonly string[], port: number): Promise<() => Promise<void>> {
  const hash = (await run(["openssl", "passwd", "-6", "-stdin"], `${account.secret}\n`)).trim();
  const home = join(dir, "home");
  mkdirSync(home, { recursive: true });
  chmodSync(dir, 0o755);
  // The numbers of `nobody` belong to no person.
  await run(["chown", "65534:65534", home]);
  const extra = `${account.user}:x:65534:65534::${home}:/bin/sh\n`;
  writeFileSync(join(dir, "passwd"), readFileSync("/etc/passwd", "utf8") + extra);
  writeFileSync(
    join(dir, "shadow"),
    `${readFileSync("/etc/shadow", "utf8")}${account.user}:${hash}:19000:0:99999:7:::\n`,
  );
  const script = 'mount --bind "$0/passwd" /etc/passwd && mount --bind "$0/shadow" /etc/shadow && exec "$@"';
  const child = Bun.spawn(["unshare", "-m", "sh", "-c", script, dir, ...argv], {
    env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin` },
    stdin: "ignore",
    stdout: Bun.file(join(dir, "out")),
    stderr: Bun.file(join(dir, "err")),
  });
  const stop = async () => {
    await endChild(child);
    rmSync(dir, { recursive: true, force: true });
  };
  await untilOpen(port).catch(async (error: unknown) => {
    const said = await Bun.file(join(dir, "err")).text();
    await stop();
    throw new Error(said, { cause: error });
  });
  return stop;
}

/** One that still serves somebody is not waited for. */
async function endChild(child: Bun.Subprocess): Promise<void> {
  child.kill();
  const force = setTimeout(() => child.kill("SIGKILL"), 3_000);
  await child.exited;
  clearTimeout(force);
}

/** Zero would be everybody in our own process group. */
export function signal(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined || !Number.isSafeInteger(pid) || pid <= 1) throw new Error(`${pid} is no process`);
  process.kill(pid, name);
}

const makeDir = (name: string) => mkdtempSync(join(tmpdir(), `hearth-${name}-`));

/** OpenSSH's server. */
export async function startSftp(): Promise<PlaceServer & { readonly changeKey: () => Promise<void> }> {
  const dir = makeDir("sshd");
  const port = freePort();
  const keyFile = join(dir, "host");
  const makeKey = () => run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", keyFile]);
  await makeKey();
  mkdirSync("/run/sshd", { recursive: true });
  const lines = [
    ...[`Port ${port}`, "ListenAddress 127.0.0.1", `HostKey ${keyFile}`, `PidFile ${join(dir, "pid")}`],
    ...["UsePAM no", "PasswordAuthentication yes", `AllowUsers ${account.user}`, "MaxStartups 100"],
    "Subsystem sftp internal-sftp",
  ];
  writeFileSync(join(dir, "config"), `${lines.join("\n")}\n`);
  const argv = ["/usr/sbin/sshd", "-D", "-f", join(dir, "config")];
  const stop = await startDaemon(dir, argv, port);
  const [type, key] = readFileSync(`${keyFile}.pub`, "utf8").split(" ");
  const settings = { ...base, kind: "sftp", address: `127.0.0.1:${port}`, hostKey: `${type} ${key}` } as const;
  const changeKey = async () => {
    rmSync(keyFile);
    await makeKey();
    // It reads its files again.
    signal(Number(readFileSync(join(dir, "pid"), "utf8")), "SIGHUP");
    await untilOpen(port);
  };
  return { settings, folder: join(dir, "home"), stop, changeKey };
}

/** Samba. */
export async function startSmb(): Promise<PlaceServer> {
  const dir = makeDir("smbd");
  const port = freePort();
  for (const name of ["private", "lock", "state", "cache", "pid", "rpc"]) mkdirSync(join(dir, name));
  const config = `[global]
smb ports = ${port}
interfaces = 127.0.0.1
bind interfaces only = yes
private dir = ${dir}/private
lock directory = ${dir}/lock
state directory = ${dir}/state
cache directory = ${dir}/cache
pid directory = ${dir}/pid
ncalrpc dir = ${dir}/rpc
log file = ${dir}/log
disable netbios = yes
disable spoolss = yes
load printers = no
server role = standalone server
[data]
path = ${dir}/home
read only = no
`;
  const file = join(dir, "smb.conf");
  writeFileSync(file, config);
  const password = join(dir, "password");
  writeFileSync(password, `${account.secret}\n${account.secret}\n`, { mode: 0o600 });
  // In a process group of its own: when it ends it ends the whole of it.
  const script = `smbpasswd -c ${file} -s -a ${account.user} < ${password} && exec smbd -F -s ${file}`;
  const stop = await startDaemon(dir, ["sh", "-c", script], port);
  const settings = { ...base, kind: "smb", address: `127.0.0.1:${port}`, container: "data" } as const;
  return { settings, folder: join(dir, "home"), stop };
}

/** Apache's mod_dav with a password. */
export async function startApacheDav(): Promise<PlaceServer> {
  const dir = makeDir("mod-dav");
  const port = freePort();
  const folder = join(dir, "data");
  mkdirSync(folder);
  chmodSync(dir, 0o755);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await run(["chown", "-R", "65534:65534", dir]);
  const hash = (await run(["openssl", "passwd", "-apr1", "-stdin"], `${account.secret}\n`)).trim();
  writeFileSync(join(dir, "users"), `${account.user}:${hash}\n`);
  const modules = [
    "mpm_event",
    "authn_core",
    "authn_file",
    "authz_core",
    "authz_user",
    "auth_basic",
    "dav",
    "dav_fs",
    "alias",
  ];
  const lines = [
    ...modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
    ...[`ServerName 127.0.0.1`, `Listen 127.0.0.1:${port}`, `PidFile ${dir}/pid`, `ErrorLog ${dir}/error.log`],
    ...[`DocumentRoot ${folder}`, `DavLockDB ${dir}/lock`, `Redirect 302 /elsewhere http://localhost:${port}/`],
    ...(isRoot ? ["User #65534", "Group #65534"] : []),
    `<Location />`,
    ...["Dav on", "AuthType Basic", "AuthName x", `AuthUserFile ${dir}/users`, "Require valid-user"],
    `</Location>`,
    `<Location /elsewhere>`,
    "Require all granted",
    `</Location>`,
  ];
  writeFileSync(join(dir, "apache.conf"), `${lines.join("\n")}\n`);
  const child = Bun.spawn(["apache2", "-X", "-f", join(dir, "apache.conf")], {
    env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin` },
    stdin: "ignore",
    stdout: "ignore",
    stderr: Bun.file(join(dir, "err")),
  });
  const stop = async () => {
    await endChild(child);
    rmSync(dir, { recursive: true, force: true });
  };
  await untilOpen(port);
  return { settings: { ...base, kind: "webdav", address: `http://127.0.0.1:${port}/` }, folder, stop };
}

/** s3rver, a small S3 server for tests. */
export async function startS3(): Promise<PlaceServer> {
  const directory = makeDir("s3");
  const port = freePort();
  const server = new S3rver({
    ...{ address: "127.0.0.1", port, directory, silent: true, vhostBuckets: false },
    configureBuckets: [{ name: "bucket", configs: [] }],
  });
  await server.run();
  const settings: RemoteSettings = {
    ...base,
    kind: "s3",
    address: `http://127.0.0.1:${port}`,
    container: "bucket",
    region: "us-east-1",
    user: "S3RVER",
    secret: "S3RVER",
  };
  const stop = async () => {
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  };
  return { settings, folder: undefined, stop };
}

/** Accepts and never answers. */
export function startMute(): { readonly port: number; stop(): void } {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  return { port: server.port, stop: () => server.stop(true) };
}

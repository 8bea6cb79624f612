const timeoutMs = 60_000;

export interface SyncRunOptions {
  /** The folder on this machine. */
  readonly dir: string;
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Where the client keeps what is its own. */
  readonly home: string;
  /** Further arguments. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A minute without it. */
  readonly timeoutMs?: number;
}

export interface SyncRun {
  readonly code: number;
  readonly output: string;
  readonly durationMs: number;
}

/** One run of Debian's `nextcloudcmd` to its end, process start included. */
export async function runNextcloudcmd(options: SyncRunOptions): Promise<SyncRun> {
  const { dir, url, user, password, home, args = [] } = options;
  const startedAt = performance.now();
  const child = Bun.spawn(["nextcloudcmd", "--non-interactive", ...args, "-u", user, "-p", password, dir, url], {
    env: { ...process.env, HOME: home, QT_QPA_PLATFORM: "offscreen", ...options.env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: options.timeoutMs ?? timeoutMs,
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  const code = await child.exited;
  return { code, output: out + err, durationMs: performance.now() - startedAt };
}

import { SQL } from "bun";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Execute } from "./imports-nextcloud.ts";

const readyTimeoutMs = 30_000;
const stopTimeoutMs = 15_000;
const pollMs = 50;

/** Debian's MariaDB in a folder of its own, on a Unix socket; stopped by its own process. */
export async function startMariaDb(dir: string) {
  mkdirSync(dir, { recursive: true });
  const [data, socket] = [join(dir, "data"), join(dir, "db.sock")];
  const options = [`--datadir=${data}`, "--user=root", "--skip-networking", `--socket=${socket}`];
  const install = Bun.spawn(
    ["mariadb-install-db", "--no-defaults", ...options, "--auth-root-authentication-method=normal", "--skip-test-db"],
    {
      stdout: "pipe",
      stderr: "pipe",
      timeout: readyTimeoutMs,
    },
  );
  if ((await install.exited) !== 0)
    throw new Error(
      `no database: ${await new Response(install.stdout).text()}${await new Response(install.stderr).text()}`,
    );
  const server = Bun.spawn(["mariadbd", "--no-defaults", ...options, "--innodb-buffer-pool-size=8M"], {
    stdout: "ignore",
    stderr: "ignore",
  });
  const admin = await connected(socket);
  await admin.unsafe("CREATE DATABASE nextcloud CHARACTER SET utf8mb4");
  await admin.unsafe("CREATE USER nc@localhost IDENTIFIED BY 'maria-password'");
  await admin.unsafe("GRANT ALL ON nextcloud.* TO nc@localhost");
  await admin.unsafe("USE nextcloud");
  const execute: Execute = (sql, values = []) => admin.unsafe(sql, [...values]);
  return {
    execute,
    configPhp: `'dbtype' => 'mysql', 'dbname' => 'nextcloud', 'dbhost' => 'localhost:${socket}', 'dbuser' => 'nc', 'dbpassword' => 'maria-password',`,
    stop: async () => {
      await admin.close();
      server.kill("SIGTERM");
      const timer = setTimeout(() => server.kill("SIGKILL"), stopTimeoutMs);
      await server.exited;
      clearTimeout(timer);
    },
  };
}

async function connected(socket: string): Promise<SQL> {
  for (const until = performance.now() + readyTimeoutMs; ;) {
    const sql = new SQL({ adapter: "mysql", path: socket, username: "root", database: "mysql", max: 1 });
    try {
      await sql.unsafe("SELECT 1");
      return sql;
    } catch (error) {
      await sql.close();
      if (performance.now() > until) throw error;
      await Bun.sleep(pollMs);
    }
  }
}

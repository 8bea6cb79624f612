import { chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { userInfo } from "node:os";
import { accepts, freePort, startOwned, waitFor } from "../processes.ts";
import type { Peer } from "../types.ts";

const modulesFolder = "/usr/lib/apache2/modules";
const modules = ["mpm_event", "authz_core", "mime", "dir", "dav", "dav_fs"];
/** uid and gid of www-data, fixed by Debian's base-passwd. */
const wwwData = 33;

/**
 * Apache with mod_dav and mod_dav_fs on the event module with Debian's own limits, no access log, connections kept
 * alive without end. Started as root it must serve as www-data; the folder is handed to that account.
 */
export async function startApache(workFolder: string, folder: string): Promise<Peer> {
  const port = await freePort();
  mkdirSync(workFolder, { recursive: true });
  const isRoot = process.getuid?.() === 0;
  if (isRoot) for (const path of [workFolder, folder]) chownSync(path, wwwData, wwwData);
  const account = isRoot ? "User www-data\nGroup www-data" : `User ${userInfo().username}`;
  const load = modules.map((name) => `LoadModule ${name}_module ${modulesFolder}/mod_${name}.so`).join("\n");
  const configFile = join(workFolder, "apache.conf");
  writeFileSync(
    configFile,
    `ServerName 127.0.0.1
Listen 127.0.0.1:${port}
ServerRoot ${workFolder}
PidFile ${join(workFolder, "apache.pid")}
ErrorLog ${join(workFolder, "error.log")}
DefaultRuntimeDir ${workFolder}
${load}
${account}
TypesConfig /etc/mime.types
StartServers 2
MinSpareThreads 25
MaxSpareThreads 75
ThreadLimit 64
ThreadsPerChild 25
MaxRequestWorkers 150
MaxConnectionsPerChild 0
KeepAlive On
MaxKeepAliveRequests 0
KeepAliveTimeout 600
DAVLockDB ${join(workFolder, "DavLock")}
DocumentRoot ${folder}
<Directory ${folder}>
  Dav On
  DirectoryIndex disabled
  Require all granted
</Directory>
`,
  );
  const owned = startOwned("apache2", ["apache2", "-DFOREGROUND", "-f", configFile]);
  await waitFor("apache2", () => accepts(port), { timeoutMs: 10_000, owner: owned });
  return { name: "Apache", pid: owned.pid, port, prefix: "/", folder, authorization: "", stop: owned.stop };
}

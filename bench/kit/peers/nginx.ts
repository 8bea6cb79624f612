import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { accepts, freePort, startOwned, waitFor } from "../processes.ts";
import type { Peer } from "../types.ts";
import type { Certificate } from "../certificate.ts";

/**
 * nginx as Debian ships it (`worker_processes auto`, sendfile, tcp_nopush), with the access log off and connections
 * kept alive without end, both in its favour. Serves `folder` without authentication.
 */
export async function startNginx(workFolder: string, folder: string, certificate: Certificate): Promise<Peer> {
  const [port, tlsPort] = [await freePort(), await freePort()];
  mkdirSync(workFolder, { recursive: true });
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${join(workFolder, kind)};`)
    .join(" ");
  const configFile = join(workFolder, "nginx.conf");
  writeFileSync(
    configFile,
    `worker_processes auto; daemon off; pid ${join(workFolder, "nginx.pid")}; error_log stderr;
${process.getuid?.() === 0 ? "user www-data;" : ""}
events { worker_connections 1024; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; keepalive_timeout 600s; ${temporary}
  server { listen 127.0.0.1:${port}; root ${folder}; }
  server { listen 127.0.0.1:${tlsPort} ssl; root ${folder};
    ssl_certificate ${certificate.certFile}; ssl_certificate_key ${certificate.keyFile}; ssl_protocols TLSv1.3; }
}
`,
  );
  const owned = startOwned("nginx", ["nginx", "-e", "stderr", "-c", configFile]);
  await waitFor("nginx", () => accepts(port), { timeoutMs: 10_000, owner: owned });
  return { name: "nginx", pid: owned.pid, port, tlsPort, prefix: "/", folder, authorization: "", stop: owned.stop };
}

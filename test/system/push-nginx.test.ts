// needs: nginx
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningHearth, startHearth } from "#kit";

// A whole program and nginx start.
setDefaultTimeout(60_000);

const dir = mkdtempSync(join(tmpdir(), "hearth-push-nginx-"));
let hearth: RunningHearth;
let nginx: Bun.Subprocess;
let front = "";

/** As the guide has it. */
const configuration = (port: number, upstream: string) => `
daemon off; worker_processes 1; pid ${dir}/nginx.pid; error_log ${dir}/nginx.log;
events {}
http {
  access_log off;
  client_body_temp_path ${dir}/tmp; proxy_temp_path ${dir}/tmp; fastcgi_temp_path ${dir}/tmp; uwsgi_temp_path ${dir}/tmp; scgi_temp_path ${dir}/tmp;
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://${upstream}; proxy_http_version 1.1; proxy_set_header Host $http_host; }
    location /push/ {
      proxy_pass http://${upstream};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection upgrade;
    }
  }
}
`;

beforeAll(async () => {
  hearth = await startHearth();
  const free = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const port = free.port ?? 0;
  await free.stop(true);
  front = `http://127.0.0.1:${port}`;
  const root = process.getuid?.() === 0 ? "user root;" : "";
  writeFileSync(join(dir, "nginx.conf"), root + configuration(port, new URL(hearth.url).host));
  nginx = Bun.spawn(["nginx", "-c", join(dir, "nginx.conf")], { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  const endMs = Date.now() + 20_000;
  while ((await fetch(front).catch(() => undefined)) === undefined && Date.now() < endMs) await Bun.sleep(25);
});
afterAll(async () => {
  nginx.kill();
  await nginx.exited;
  await hearth.stop();
  rmSync(dir, { recursive: true, force: true });
});

test("behind a reverse proxy a client finds the address for changes, and hears of them", async () => {
  const response = await fetch(`${front}/ocs/v2.php/cloud/capabilities?format=json`);
  // oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
  const { websocket } = ((await response.json()) as any).ocs.data.capabilities.notify_push.endpoints;
  expect(websocket).toBe(`${front.replace("http", "ws")}/push/ws`);
  const socket = new WebSocket(websocket);
  const said: string[] = [];
  socket.addEventListener("message", ({ data }) => said.push(String(data)));
  socket.addEventListener("open", () => {
    socket.send(hearth.user);
    socket.send(hearth.appPassword);
  });
  const until = async (count: number) => {
    const endMs = Date.now() + 10_000;
    while (said.length < count && Date.now() < endMs) await Bun.sleep(5);
  };
  await until(1);
  expect(said).toEqual(["authenticated"]);
  await hearth.fetch("/remote.php/dav/files/alice/a.txt", { method: "PUT", body: "a" });
  await until(2);
  expect(said).toEqual(["authenticated", "notify_file"]);
  socket.close();
});

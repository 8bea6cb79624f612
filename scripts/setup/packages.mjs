import { accessSync, constants, existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runStep } from "./child.mjs";
import { say } from "./say.mjs";

/**
 * Programs that Hearth or its tests call, by name, and what these load, by path; and the Debian package that brings each.
 *
 * @type {Readonly<Record<string, string>>}
 */
export const packageOf = {
  ffmpeg: "ffmpeg",
  ffprobe: "ffmpeg",
  pdftoppm: "poppler-utils",
  pdftotext: "poppler-utils",
  "heif-enc": "libheif-examples",
  litmus: "litmus",
  rclone: "rclone",
  "mount.davfs": "davfs2",
  cadaver: "cadaver",
  nextcloudcmd: "nextcloud-desktop-cmd",
  curl: "curl",
  rsync: "rsync",
  faketime: "faketime",
  "vim.tiny": "vim-tiny",
  unzip: "unzip",
  nginx: "nginx-light",
  apache2: "apache2-bin",
  "/usr/lib/apache2/modules/mod_auth_openidc.so": "libapache2-mod-auth-openidc",
  chromium: "chromium",
  ip: "iproute2",
  unshare: "util-linux",
  wg: "wireguard-tools",
  "wireguard-go": "wireguard-go",
  nft: "nftables",
  ss: "iproute2",
  openssl: "openssl",
  certutil: "libnss3-tools",
  pk12util: "libnss3-tools",
  sshd: "openssh-server",
  "ssh-keyscan": "openssh-client",
  "ssh-keygen": "openssh-client",
  smbd: "samba",
  pgrep: "procps",
  smbpasswd: "samba-common-bin",
  mariadbd: "mariadb-server-core",
  "mariadb-install-db": "mariadb-server-core",
  my_print_defaults: "mariadb-client-core",
  guessit: "python3-guessit",
  oathtool: "oathtool",
  "/usr/lib/x86_64-linux-gnu/girepository-1.0/GUPnP-1.6.typelib": "gir1.2-gupnp-1.6",
  "/usr/lib/x86_64-linux-gnu/girepository-1.0/GUPnPAV-1.0.typelib": "gir1.2-gupnpav-1.0",
  "/usr/lib/python3/dist-packages/gi": "python3-gi",
  mpv: "mpv",
  vlc: "vlc-bin",
  "/usr/share/doc/vlc-plugin-base/copyright": "vlc-plugin-base",
  "gst-play-1.0": "gstreamer1.0-plugins-base-apps",
  "/usr/share/doc/gstreamer1.0-plugins-good/copyright": "gstreamer1.0-plugins-good",
  "/usr/share/doc/gstreamer1.0-plugins-bad/copyright": "gstreamer1.0-plugins-bad",
  "/usr/share/doc/gstreamer1.0-libav/copyright": "gstreamer1.0-libav",
  strawberry: "strawberry",
  Xvfb: "xvfb",
  xdotool: "xdotool",
};

/** What the running cloud makes use of; without them the feature is off. */
export const runTools = ["ffmpeg", "pdftoppm", "rclone", "ssh-keyscan"];
export const testTools = Object.keys(packageOf);

const aptTimeoutMs = 15 * 60_000;
const aptOptions = ["-o", "Acquire::http::Timeout=20", "-o", "Acquire::Retries=2", "-o", "DPkg::Lock::Timeout=120"];
const servicePolicy = "/usr/sbin/policy-rc.d";

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether a program can be found; daemons live in `sbin`, which a user's PATH may lack.
 *
 * @param {string} tool
 */
export function hasTool(tool) {
  if (tool.startsWith("/")) return existsSync(tool);
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/local/sbin", "/usr/sbin", "/sbin"];
  return folders.some((folder) => folder !== "" && isExecutable(join(folder, tool)));
}

/**
 * The packages that would bring the missing ones among `tools`.
 *
 * @param {readonly string[]} tools
 */
export function missingPackages(tools) {
  return [...new Set(tools.filter((tool) => !hasTool(tool)).map((tool) => packageOf[tool] ?? tool))];
}

/**
 * Installed daemons must not start by themselves: Debian's own switch for that, for the time of the installation.
 *
 * @param {() => boolean} work
 */
function withoutStartingServices(work) {
  if (existsSync(servicePolicy)) return work();
  writeFileSync(servicePolicy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    return work();
  } finally {
    rmSync(servicePolicy, { force: true });
  }
}

/** @param {readonly string[]} packages */
function aptInstall(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (/** @type {string[]} */ ...args) =>
    runStep("apt-get", [...aptOptions, "-qq", ...args], { env, timeoutMs: aptTimeoutMs });
  return withoutStartingServices(() => apt("update") && apt("install", "-y", "--no-install-recommends", ...packages));
}

/**
 * Installs the Debian packages that bring `tools`, as root on Debian or Ubuntu, and names them first; elsewhere names the
 * line that does. Never stops what comes after: what is missing shows as off. `HEARTH_NO_INSTALL=1` leaves all as it is.
 *
 * @param {readonly string[]} tools
 * @param {string} purpose
 */
export function providePackages(tools, purpose) {
  const packages = missingPackages(tools);
  if (packages.length === 0) return;
  const command = `apt-get install -y ${packages.join(" ")}`;
  const isRoot = process.getuid?.() === 0;
  const isDebian = existsSync("/etc/debian_version") && hasTool("apt-get");
  if (isRoot && isDebian && process.env.HEARTH_NO_INSTALL !== "1") {
    say(`installing for ${purpose}: ${packages.join(" ")} (HEARTH_NO_INSTALL=1 turns this off)`);
    if (!aptInstall(packages)) say(`that did not work; to try again: ${command}`);
    return;
  }
  say(
    `missing for ${purpose}: ${packages.join(" ")}${isDebian ? ` – to install: ${isRoot ? "" : "sudo "}${command}` : ""}`,
  );
}

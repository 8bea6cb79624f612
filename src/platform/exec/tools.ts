/** The Debian package that brings each program we drive; the one place that knows. */
const packages = {
  cat: "coreutils",
  df: "coreutils",
  exiftool: "libimage-exiftool-perl",
  ffmpeg: "ffmpeg",
  ffprobe: "ffmpeg",
  find: "findutils",
  findmnt: "mount",
  gs: "ghostscript",
  ip: "iproute2",
  lsblk: "util-linux",
  mdadm: "mdadm",
  nft: "nftables",
  nginx: "nginx",
  openssl: "openssl",
  pdftoppm: "poppler-utils",
  pdftotext: "poppler-utils",
  prlimit: "util-linux",
  rclone: "rclone",
  "redis-server": "redis-server",
  restic: "restic",
  smartctl: "smartmontools",
  "ssh-keyscan": "openssh-client",
  sync: "coreutils",
  tar: "tar",
  wg: "wireguard-tools",
  "wireguard-go": "wireguard-go",
} as const satisfies Readonly<Record<string, string>>;

/** The Debian package of a program, or undefined when the table does not know it. */
export function packageOf(program: string): string | undefined {
  return Object.hasOwn(packages, program) ? packages[program as keyof typeof packages] : undefined;
}

/** The line that installs a program on Debian and Ubuntu, or undefined when its package is not known. */
export function installLine(program: string): string | undefined {
  const name = packageOf(program);
  return name === undefined ? undefined : `sudo apt-get install ${name}`;
}

import type { RemoteSettings } from "./remote.ts";

/** Host and port of `host`, `host:port`, `[::1]:port`; the port as text, empty for the usual one. */
export function hostAndPort(address: string): { readonly host: string; readonly port: string } {
  const found = /^(?:\[([^\]]+)\]|([^:/\s]+))(?::(\d{1,5}))?$/.exec(address.trim());
  return found === null ? { host: "", port: "" } : { host: found[1] ?? found[2] ?? "", port: found[3] ?? "" };
}

/** A path of Nextcloud's surface: there the times of files can be kept and their hashes asked. */
const nextcloudPath = /\/remote\.php\/(dav\/files\/|webdav)/;

/** What rclone is told of a place. Nothing here comes from a person unless it stands for exactly one value. */
export function parametersOf(settings: RemoteSettings, knownHostsFile: string): Record<string, string> {
  const { user, secret, address } = settings;
  const { host, port } = hostAndPort(address);
  const portPart: Record<string, string> = port === "" ? {} : { port };
  if (settings.kind === "webdav") {
    const vendor = nextcloudPath.test(address) ? "nextcloud" : "other";
    return { url: address, vendor, user, ...(secret !== "" && { pass: secret }) };
  }
  if (settings.kind === "sftp") {
    return {
      ...{ host, user, ...portPart, pass: secret, known_hosts_file: knownHostsFile, idle_timeout: "60s" },
      // No shell there is used: hashes by commands would read whole files at the other end.
      ...{ shell_type: "none", md5sum_command: "none", sha1sum_command: "none", disable_hashcheck: "true" },
    };
  }
  if (settings.kind === "smb") return { host, user, ...portPart, pass: secret, idle_timeout: "60s" };
  return {
    provider: address === "" ? "AWS" : "Other",
    ...{ endpoint: address, region: settings.region, access_key_id: user, secret_access_key: secret },
    ...{ env_auth: "false", no_check_bucket: "true", force_path_style: address === "" ? "false" : "true" },
  };
}

/** The folder of a place as rclone's path: share or bucket first. */
export function rootOf({ kind, container, folder }: RemoteSettings): string {
  const trimmed = folder.replace(/\/+$/, "").replace(/^\/+/, "");
  if (kind === "smb" || kind === "s3") return [container, trimmed].filter((part) => part !== "").join("/");
  return trimmed;
}

/** A folder of SFTP that begins with a slash is one of the machine, and otherwise of the person's home. */
export function prefixOf({ kind, folder }: RemoteSettings): string {
  return kind === "sftp" && folder.startsWith("/") ? "/" : "";
}

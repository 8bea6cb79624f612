import { z } from "zod";
import { Listen, SizeBytes } from "./units.ts";

type Shape = Readonly<Record<string, z.ZodType>>;

/**
 * A group of keys: unknown ones are refused, and the group may be left out when all its keys have defaults.
 * A section of the file is a group of groups, so a module's part is a shape spread into the group it belongs to.
 */
export const group = <S extends Shape>(shape: S) => z.strictObject(shape).prefault({} as never);

/** Absolute, or relative to the data folder. */
export const FilePath = z.string().min(1, "name a file or folder").max(4096);

const VolumeName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, "a volume is named with a-z, 0-9 and dash, letter first");

const HostName = z
  .string()
  .regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|[0-9a-f:]*:[0-9a-f:]*)$/, {
    error: 'write a name or address in lower case, such as "cloud.home.arpa"',
  })
  .max(253);

const volumes = {
  volumes: z
    .record(VolumeName, z.strictObject({ path: FilePath.describe("Folder that holds the files, on one file system.") }))
    .refine((all) => Object.keys(all).length > 0, "name at least one volume")
    .default({ main: { path: "volumes/main" } })
    .describe("Where files are kept."),
};

const storage = {
  durability: z
    .enum(["strict", "relaxed"])
    .default("strict")
    .describe("strict: a success reply means the bytes are on disk; relaxed: within seconds."),
};

const trash = {
  trash: group({ keepDays: z.int().min(1).max(3650).default(30).describe("Days until a deleted file is gone.") }),
};

const versions = {
  versions: group({
    keepDays: z.int().min(1).max(36_500).default(365).describe("Days until an earlier content of a file is gone."),
    maxShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe("The most of a space's quota, or of what is free, that earlier contents may take: 0.5 is half."),
  }),
};

const thumbnails = {
  thumbnails: group({
    budget: SizeBytes.prefault("2 GiB").describe('Disk space for previews, such as "2 GiB".'),
  }),
};

const management = {
  listen: Listen.prefault("0.0.0.0:8420").describe("Address and port of the web page and every protocol."),
  tls: z
    .strictObject({ certFile: FilePath, keyFile: FilePath })
    .optional()
    .describe("Certificate chain and key in PEM; HTTPS when given."),
  certificates: group({
    listen: Listen.optional().describe("Address and port where devices show their certificates; off when left out."),
    https: z
      .boolean()
      .default(false)
      .describe("HTTPS everywhere with a certificate of this server's own authority, when tls is not given."),
    names: z
      .array(HostName)
      .max(50)
      .default([])
      .describe("Further names and addresses for that certificate, beside those this machine knows of itself."),
    enforce: z
      .boolean()
      .default(true)
      .describe("False lifts all rules that require a certificate: the way back in after a lock-out."),
  }),
};

const edge = {
  edge: z
    .strictObject({ socket: FilePath.describe("Unix socket for it; its user must be in the group of the socket.") })
    .optional()
    .describe("For a proxy of the household that ends TLS and checks certificates before us."),
};

const network = {
  vpn: group({
    interface: z
      .string()
      .regex(/^[a-z][a-z0-9_-]{0,14}$/, "an interface is named with at most 15 of a-z, 0-9, dash and underscore")
      .default("hearth0")
      .describe("Name of the WireGuard interface."),
    port: z.int().min(1).max(65_535).default(51_820).describe("UDP port that devices dial."),
    endpoint: z
      .string()
      .regex(/^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?$/, 'write a name or address, such as "home.example.org"')
      .optional()
      .describe(
        "Name or address under which the internet knows this household; a port behind it when the router maps another.",
      ),
    rangeV4: z.cidrv4().optional().describe("IPv4 addresses of devices; a random 10.x.y.0/24 when left out."),
    rangeV6: z.cidrv6().optional().describe("IPv6 addresses of devices; a random fd…/64 when left out."),
    dns: z
      .array(z.union([z.ipv4(), z.ipv6()]))
      .max(4)
      .default([])
      .describe("Name servers written into the configuration of devices."),
    lanNetworks: z
      .array(z.union([z.cidrv4(), z.cidrv6()]))
      .max(50)
      .optional()
      .describe("Networks of the zone lan; those this machine is attached to when left out."),
    lanMasquerade: z
      .boolean()
      .default(true)
      .describe(
        "Devices at home see this server as the sender; without it the router needs a route to the VPN's range.",
      ),
  }),
  firewall: group({
    dropBanned: z
      .boolean()
      .default(false)
      .describe("Drop packets of banned addresses in the kernel already; needs root and nftables."),
  }),
};

const monitoring = {
  logLevel: z.enum(["debug", "info", "warn", "error"]).default("info").describe("The least important line to log."),
  auditKeepDays: z
    .int()
    .min(30)
    .max(36_500)
    .default(400)
    .describe("Days for which the audit log tells who did what; older entries are cut."),
};

/** The whole of `hearth.yaml`. */
export const configSchema = z.strictObject({
  system: group({ storage: group(volumes) }).describe("What the machine is."),
  services: group({
    storage: group({ ...storage, ...trash, ...versions, ...thumbnails }),
    management: group({ ...management, ...edge }),
  }).describe("What it runs."),
  security: group({ network: group(network), monitoring: group(monitoring) }).describe(
    "Who may, from where, and what is watched.",
  ),
});

/** What the program sees: every default filled in, every path absolute, sizes in bytes. */
export type Config = z.output<typeof configSchema>;

/** JSON Schema (2020-12) of the file, for editors and the settings page. */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" });
  return { ...schema, title: "hearth.yaml", description: "The one configuration file of Hearth." };
}

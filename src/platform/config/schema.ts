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
  trash: group({
    keepDays: z.int().min(1).max(3650).default(30).describe("Days until a deleted file is gone."),
    maxShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe(
        "The most of a space's quota, or of what is free, that trash may take; what is older than a week goes first.",
      ),
  }),
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
    mergeSeconds: z
      .int()
      .min(0)
      .max(3600)
      .default(30)
      .describe(
        "Saves of one device so soon after a version was kept are no versions of their own; 0 keeps every save.",
      ),
  }),
};

const ransomware = {
  ransomware: group({
    enabled: z
      .boolean()
      .default(true)
      .describe(
        "Stop a device whose changes look like ransomware. Off: nothing is watched; what is stopped stays stopped.",
      ),
  }),
};

const tierShape = {
  name: VolumeName.describe("What people read; it must not change while content is there."),
};

const tiers = {
  tiers: z
    .array(
      z.discriminatedUnion("kind", [
        z.strictObject({
          ...tierShape,
          kind: z.literal("disk"),
          path: FilePath.describe("Folder on another disk, which holds nothing else."),
          role: z
            .enum(["cold", "fast"])
            .default("cold")
            .describe("cold: content goes there to save space; fast: a second copy of what is opened often."),
        }),
        z.strictObject({
          ...tierShape,
          kind: z.literal("s3"),
          endpoint: z.url().describe('Address of the service, such as "https://s3.eu-central-1.amazonaws.com".'),
          bucket: z.string().min(1).max(255),
          region: z.string().min(1).max(64).default("us-east-1"),
          prefix: z.string().max(512).default("hearth/").describe("What the names of all objects begin with."),
          accessKeyId: z.string().min(1).max(256),
          secretKeyFile: FilePath.describe("File with the secret key, readable by the server alone."),
          readBack: z
            .boolean()
            .default(true)
            .describe("Read every object once after it was sent, before the file leaves this machine."),
        }),
      ]),
    )
    .max(10)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, "two stores share a name")
    .default([])
    .describe("Where content can go that is not needed on the main volumes: a cold disk, a bucket, a fast disk."),
};

const thumbnails = {
  thumbnails: group({
    budget: SizeBytes.prefault("2 GiB").describe('Disk space for previews, such as "2 GiB".'),
  }),
};

const search = {
  search: group({
    text: z.boolean().default(true).describe("Search the text of documents too; names are always searched."),
    maxFileBytes: SizeBytes.prefault("100 MiB").describe(
      'Larger documents are found by their name only, such as "100 MiB".',
    ),
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

const media = {
  providers: group({
    tmdb: z
      .strictObject({ keyFile: FilePath.describe("File that holds the key which themoviedb.org gave you.") })
      .optional()
      .describe("Ask The Movie Database about films and series; their titles and years leave the house."),
    musicbrainz: z
      .boolean()
      .default(false)
      .describe("Ask MusicBrainz about albums; their artists, titles and numbers of songs leave the house."),
    language: z
      .string()
      .regex(/^[a-z]{2}-[A-Z]{2}$/, 'give a language and a country, such as "de-DE"')
      .default("en-US")
      .describe("In which titles and descriptions are asked for."),
  }),
  metadata: group({
    contact: z
      .string()
      .max(200)
      .regex(/^[\w.@:/+~-]*$/, "give an address of mail or of a page, without spaces")
      .default("")
      .describe(
        "Address of mail or of a page that catalogues are told with every request; MusicBrainz asks for one, so that it can write rather than lock out. Left empty, they are told name and version of Hearth alone.",
      ),
  }),
  dlna: group({
    person: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Login name of the person whose sight televisions have; DLNA is off when left out. Televisions do not log in.",
      ),
    name: z.string().min(1).max(60).optional().describe("What televisions call this server."),
    port: z.int().min(1).max(65_535).default(8200).describe("TCP port on addresses of the home network."),
    interfaces: z
      .array(z.string().min(1))
      .max(20)
      .optional()
      .describe("Network interfaces to answer on; all with a private address when left out."),
  }),
  music: group({
    budget: SizeBytes.prefault("2 GiB").describe('Disk space for songs converted for players, such as "2 GiB".'),
  }),
  offline: group({
    budget: SizeBytes.optional().describe(
      'Disk space for copies of films that people take along, such as "20 GB"; when left out 20 GB or 5 % of what is free, whichever is less.',
    ),
  }),
  segments: group({
    budget: SizeBytes.optional().describe(
      'Disk space for pieces of films that were made for players, such as "10 GB"; when left out 10 GB or 5 % of what is free, whichever is less.',
    ),
  }),
  transcoding: group({
    enabled: z.boolean().default(true).describe("Make films anew for players that cannot play them as they are."),
    max: z
      .int()
      .min(1)
      .max(64)
      .optional()
      .describe("Films that are made anew at one time; as many as the machine carries when left out."),
    perPerson: z.int().min(1).max(64).default(8).describe("Films and songs that one person plays at one time."),
  }),
};

/** The whole of `hearth.yaml`. */
export const configSchema = z.strictObject({
  system: group({ storage: group(volumes) }).describe("What the machine is."),
  services: group({
    storage: group({ ...storage, ...trash, ...versions, ...thumbnails, ...search, ...tiers, ...ransomware }),
    management: group({ ...management, ...edge }),
    media: group(media),
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

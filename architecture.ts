/**
 * The one table of the house: every layer of the picture, what it is for, and which layers it may import.
 * Lint rules (`oxlint.config.ts`) and `docs/architecture.md` are generated from it.
 */
export interface Layer {
  /** Folder below `src/`. */
  readonly path: string;
  readonly purpose: string;
  /** Layers this one may import, besides itself. */
  readonly imports: readonly string[];
  /** Modules of the layer: one folder, one door (`#<path>/<module>`). */
  readonly modules: readonly string[];
}

export const layers = [
  { path: "wire", purpose: "Vocabulary shared with the browser.", imports: [], modules: [] },
  {
    path: "platform",
    purpose: "What every layer stands on; knows none of them.",
    imports: ["wire"],
    modules: [
      "clock",
      "config",
      "db",
      "errors",
      "events",
      "exec",
      "ffmpeg",
      "http",
      "inotify",
      "jobs",
      "lease",
      "log",
      "lru",
      "statx",
      "tcp",
      "thread",
      "usecase",
    ],
  },
  { path: "edge", purpose: "Listeners and TLS.", imports: ["wire", "platform"], modules: ["listener", "page"] },
  {
    path: "security",
    purpose: "Who are you, may you.",
    imports: ["wire", "platform"],
    modules: ["identity", "sessions", "access", "factors", "certificates", "oidc", "guard", "audit", "firewall", "vpn"],
  },
  {
    path: "cache",
    purpose: "Derived files under a byte budget.",
    imports: ["wire", "platform"],
    modules: ["derived", "segments"],
  },
  {
    path: "storage",
    purpose: "Volumes, index and content: plain files are the truth.",
    imports: ["wire", "platform"],
    modules: ["primary", "external"],
  },
  {
    path: "apps/files",
    purpose: "Browse, WebDAV, uploads, links, trash, previews, archives.",
    imports: ["wire", "platform", "security", "cache", "storage"],
    modules: [
      "browse",
      "webdav",
      "uploads",
      "links",
      "trash",
      "previews",
      "archive",
      "nextcloud",
      "versions",
      "usage",
      "places",
      "tiers",
      "mounts",
      "ransomware",
      "search",
      "imports",
      "camera",
    ],
  },
  {
    path: "apps/media",
    purpose: "Library, metadata, streaming and transcoding, music, photos.",
    imports: ["wire", "platform", "security", "cache", "storage"],
    modules: [
      "library",
      "names",
      "probe",
      "works",
      "decide",
      "stream",
      "watch",
      "music",
      "subsonic",
      "photos",
      "dlna",
      "extras",
      "metadata",
      "offline",
    ],
  },
  {
    path: "apps/management",
    purpose: "Looking after the server.",
    imports: ["wire", "platform", "security", "cache", "storage"],
    modules: ["doctor"],
  },
  { path: "demo", purpose: "A made-up household to try things on.", imports: ["wire", "platform"], modules: [] },
  { path: "web", purpose: "The page; sees wire and contracts only.", imports: ["wire"], modules: [] },
] as const satisfies readonly Layer[];

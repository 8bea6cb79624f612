import type { OcsValue } from "./ocs.ts";
import { preAuthPath, pushPath } from "./push.ts";
import { productName, version, versionString } from "./version.ts";

const chunkBytes = 100 * 1024 * 1024;
const parallelTransfers = 6;
const accent = "#bf4405";

/** What clients may use. What is not there is left out: they would ask for it. Types count: the iOS app reads them strictly. */
export function capabilities(origin: string): OcsValue {
  return {
    version: {
      major: version.major,
      minor: version.minor,
      micro: version.micro,
      string: versionString,
      edition: "",
      extendedSupport: false,
    },
    capabilities: {
      core: { pollinterval: 60, "webdav-root": "remote.php/webdav", "mod-rewrite-working": false },
      dav: { chunking: "1.0", trashbin: "1.0" },
      files: {
        bigfilechunking: true,
        chunked_upload: { max_size: chunkBytes, max_parallel_count: parallelTransfers },
        blacklisted_files: [],
        forbidden_filenames: [],
        forbidden_filename_basenames: [],
        forbidden_filename_characters: [],
        forbidden_filename_extensions: [],
        windows_compatible_filenames: false,
        undelete: true,
        versioning: true,
        version_labeling: false,
        version_deletion: true,
        comments: false,
        locking: "1.0",
        "api-feature-lock-type": true,
      },
      checksums: { supportedTypes: ["SHA1", "MD5"], preferredUploadType: "SHA1" },
      // Of activities and notifications there are none: clients that know they would be told need not ask.
      notify_push: {
        type: ["files", "activities", "notifications"],
        endpoints: { websocket: `${origin.replace(/^http/, "ws")}${pushPath}`, pre_auth: `${origin}${preAuthPath}` },
      },
      files_sharing: sharing,
      theming: {
        name: productName,
        url: origin,
        slogan: "",
        color: accent,
        "color-text": "#ffffff",
        "color-element": accent,
        "color-element-bright": accent,
        "color-element-dark": accent,
        logo: `${origin}/icon.svg`,
        background: accent,
        "background-plain": true,
        "background-default": true,
      },
    },
  };
}

/** Links show files or take them; there is none that does both. */
const sharing = {
  api_enabled: true,
  resharing: true,
  group_sharing: true,
  default_permissions: 31,
  public: {
    enabled: true,
    upload: false,
    supports_upload_only: true,
    multiple: true,
    multiple_links: true,
    upload_files_drop: true,
    send_mail: false,
    password: { enforced: false, askForOptionalPassword: false },
    expire_date: { enabled: false, enforced: false, days: 0 },
    expire_date_internal: { enabled: false, enforced: false, days: 0 },
    expire_date_remote: { enabled: false, enforced: false, days: 0 },
  },
  user: { send_mail: false, expire_date: { enabled: true } },
  group: { enabled: true, expire_date: { enabled: true } },
  federation: { outgoing: false, incoming: false },
  sharebymail: { enabled: false },
} as const;

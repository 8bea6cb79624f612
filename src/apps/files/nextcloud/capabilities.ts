import type { OcsValue } from "./ocs.ts";
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
        versioning: false,
        version_labeling: false,
        version_deletion: false,
        comments: false,
      },
      checksums: { supportedTypes: ["SHA1", "MD5"], preferredUploadType: "SHA1" },
      files_sharing: noSharing,
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

const noSharing = {
  api_enabled: false,
  resharing: false,
  group_sharing: false,
  default_permissions: 31,
  public: { enabled: false, upload: false },
  user: { send_mail: false, expire_date: { enabled: false } },
  federation: { outgoing: false, incoming: false },
  sharebymail: { enabled: false },
} as const;

import {
  IconBrandAndroid,
  IconBrandApple,
  IconDeviceDesktop,
  IconFolderSymlink,
  IconKey,
  IconTerminal2,
  type Icon,
} from "@tabler/icons-react";
import type { ClientKind } from "#contract/security/sessions";

/** What speaks with an app password, as a picture. */
export const appIcons: Readonly<Record<ClientKind, Icon>> = {
  desktop: IconDeviceDesktop,
  android: IconBrandAndroid,
  ios: IconBrandApple,
  rclone: IconTerminal2,
  webdav: IconFolderSymlink,
  other: IconKey,
  unknown: IconKey,
};

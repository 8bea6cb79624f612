import { IconCloudOff } from "@tabler/icons-react";
import { useSyncExternalStore } from "react";
import { camera } from "#web/strings/camera.ts";
import { isInstalled } from "./installed.ts";
import classes from "./offline-banner.module.css";

function subscribe(listener: () => void): () => void {
  for (const name of ["online", "offline"]) addEventListener(name, listener);
  return () => {
    for (const name of ["online", "offline"]) removeEventListener(name, listener);
  };
}

/** Above every page of the installed program while the device has no network. */
export function OfflineBanner() {
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine);
  if (isOnline || !isInstalled()) return null;
  return (
    <aside className={classes.banner} aria-label={camera.offline}>
      <IconCloudOff size={20} stroke={1.5} aria-hidden="true" />
      {camera.offline}
    </aside>
  );
}

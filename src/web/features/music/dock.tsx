import { Suspense, useSyncExternalStore } from "react";
import { lazyPart } from "#web/ui/lazy-part.ts";
import classes from "./dock.module.css";
import { isDockWanted, onDockWanted } from "./dock-signal.ts";

const MusicBar = lazyPart(async () => (await import("./music-bar.tsx")).MusicBar);

/** The place of the player below every page; nothing is loaded for it before music is heard. */
export function MusicDock() {
  const isWanted = useSyncExternalStore(onDockWanted, isDockWanted);
  if (!isWanted) return null;
  return (
    <Suspense fallback={<div className={classes.barPlace} />}>
      <MusicBar />
    </Suspense>
  );
}

import { IconLock } from "@tabler/icons-react";
import classes from "./node-list.module.css";
import { lockWords, useLockOn } from "./use-locks.ts";

/** Beside a name: that somebody has locked it, and who. */
export function LockMark({ nodeId }: { readonly nodeId: number }) {
  const lock = useLockOn(nodeId);
  if (!lock) return null;
  const words = lockWords(lock);
  return (
    <span className={classes.lockIcon} title={words}>
      <IconLock size={16} role="img" aria-label={words} />
    </span>
  );
}

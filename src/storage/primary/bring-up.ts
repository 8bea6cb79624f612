import { errnoOf } from "#platform/errors";
import type { Core } from "./core.ts";
import { sweepStage } from "./stage.ts";
import { bringBackUnacknowledged, forgetWithoutContent } from "./trash-mend.ts";
import { mendUnsyncedVersions, sweepVersions } from "./versions-mend.ts";
import type { Volume } from "./volumes.ts";

/**
 * Takes a volume into use whose disk is there: what was acknowledged is done again where the disk lost it, and what was cut short is
 * ended or undone. Before that nobody reads or writes there, since the index and the disk may tell different things. False when it
 * could not be done; the volume stays offline then, and says why.
 */
function bringUp(core: Core, volume: Volume, isStart: boolean): boolean {
  const before = volume.state().reason;
  try {
    core.redo.repeatDeletions(volume);
    bringBackUnacknowledged(core, volume);
    mendUnsyncedVersions(core, volume);
    core.redo.replay(volume);
    forgetWithoutContent(core, volume);
    // Later, uploads that began before the disk went may still be under way; the regular sweep knows by their age.
    const swept = isStart ? sweepStage(volume) : 0;
    if (swept > 0) core.log.info("unfinished files removed", { volume: volume.name, count: swept });
    volume.use();
    return true;
  } catch (cause) {
    const problem = `Volume "${volume.name}" cannot be taken into use: ${errnoOf(cause) ?? "see the log"}.`;
    volume.leave(problem);
    if (before !== problem) core.log.error("a volume could not be taken into use", { volume: volume.name, cause });
    return false;
  }
}

/** At the start: every volume whose disk is there. */
export function bringUpAll(core: Core): void {
  for (const volume of core.volumes.values()) {
    if (volume.isThere()) bringUp(core, volume, true);
    else {
      // A kill may have kept what it lost from being noticed.
      core.redo.distrust(volume);
      core.log.error("volume offline", { volume: volume.name, reason: volume.state().reason });
    }
  }
}

/** In the background, once it is in use: before its folders are listed, since what the index still has tells whose versions they are. */
export async function compareVersions(core: Core, volume: Volume, isStopped: () => boolean): Promise<void> {
  if (!volume.isOnline()) return;
  await sweepVersions(core, volume, isStopped).catch((cause) =>
    core.log.error("versions could not be compared with the disk", { volume: volume.name, cause }),
  );
}

/**
 * Says when a disk goes or comes back. One that comes back is brought up like at a start, also within one life of the program: what
 * the kernel still held for a disk that was pulled out is lost with it.
 */
export function watchVolumes(core: Core, onReturn: (volume: Volume) => Promise<void>): () => void {
  const last = new Map([...core.volumes].map(([name, volume]) => [name, volume.isOnline()]));
  const everOnline = new Set([...core.volumes.keys()].filter((name) => last.get(name)));
  const say = (volume: Volume, online: boolean) => {
    last.set(volume.name, online);
    const { reason } = volume.state();
    core.log[online ? "info" : "error"](online ? "volume online" : "volume offline", { volume: volume.name, reason });
    core.events.publish("volumeState", { volume: volume.name, online });
  };
  return () => {
    for (const volume of core.volumes.values()) {
      if (volume.isOnline()) continue;
      if (last.get(volume.name) === true) {
        volume.leave();
        core.redo.distrust(volume);
        say(volume, false);
      }
      if (!volume.isThere() || !bringUp(core, volume, !everOnline.has(volume.name))) continue;
      everOnline.add(volume.name);
      say(volume, true);
      onReturn(volume).catch((cause) => core.log.error("a disk that came back could not be compared", { cause }));
    }
  };
}

import type { Song } from "#contract/apps/media/music";
import { musicPlayer } from "./player-access.ts";
import { StarButton } from "./star-button.tsx";

/** The star of the song that is heard. */
export function CurrentStar({ song }: { readonly song: Song }) {
  return (
    <StarButton
      kind="song"
      of={song}
      title={song.title}
      size="lg"
      onChange={(isStarred) => musicPlayer().setSong({ ...song, starredAtMs: isStarred ? Date.now() : null })}
    />
  );
}

import { AppError } from "#platform/errors";
import { encodedCodec, masterPlaylist, type Sound, type TextTrack, type Variant } from "./playlists.ts";
import { audioTrackOf, type PlaySession, type Track, trackPath, videoTrackOf } from "./session.ts";
import type { Rendition } from "./rendition.ts";

/** Opens what the plan of a session is made of and gives each its address. */
export async function openTracks(session: PlaySession): Promise<void> {
  const { plan, title } = session;
  const add = (kind: Track["kind"], id: string, rendition: Rendition) => {
    const path = trackPath(kind, id, rendition);
    session.tracks.set(path, { path, rendition, id, kind });
  };
  const picture = videoTrackOf(title, plan);
  if (plan.method === "direct") return;
  for (const rung of plan.rungs) if (picture) add("picture", rung.id, await title.picture(plan, rung, picture));
  for (const audio of plan.audio) {
    const track = audioTrackOf(title, audio.index);
    if (track !== undefined) add("sound", audio.id, await title.sound(audio, track));
  }
}

/** The master play list of the session's plan. What will be played first begins to be made while it is written. */
export async function masterOf(session: PlaySession, onTrouble: (error: unknown) => void): Promise<string> {
  const { plan, title } = session;
  await openTracks(session);
  prepare(session, onTrouble);
  const picture = videoTrackOf(title, plan);
  const codecOf = async (rendition: Rendition, known: string | null): Promise<string> => {
    const made = encodedCodec(rendition);
    if (made !== undefined) return made;
    if (known !== null && rendition.recipe.encode === null) return known;
    const { codecString } = await rendition.form(session.id, session.positionSeconds);
    if (codecString === null) throw new AppError("unsupported-type", "This film's form cannot be named to players.");
    return codecString;
  };
  const variants: Variant[] = [];
  for (const rung of plan.rungs) {
    if (picture === undefined) break;
    const rendition = await title.picture(plan, rung, picture);
    // The original is sent under the name for parameters that stand at the beginning.
    const known = picture.codecString?.replace(/^hev1\b/, "hvc1").replace(/^avc3\b/, "avc1") ?? null;
    const codecString = await codecOf(rendition, known);
    variants.push({
      path: `${trackPath("picture", rung.id, rendition)}/index.m3u8`,
      rung,
      rendition,
      track: picture,
      codecString,
    });
  }
  const sounds: Sound[] = [];
  for (const audio of plan.audio) {
    const track = audioTrackOf(title, audio.index);
    if (track === undefined) continue;
    const rendition = await title.sound(audio, track);
    const codecString = await codecOf(rendition, track.codecString);
    sounds.push({ path: `${trackPath("sound", audio.id, rendition)}/index.m3u8`, plan: audio, track, codecString });
  }
  return masterPlaylist({ variants, sounds, texts: textsOf(session) });
}

/** The rung and the sound that play first; a player asks for them in a moment. */
function prepare(session: PlaySession, onTrouble: (error: unknown) => void): void {
  const { plan, positionSeconds, id } = session;
  const first = [plan.startRung, plan.audio.find(({ isDefault }) => isDefault)?.id];
  for (const track of session.tracks.values()) {
    if (!first.includes(track.id)) continue;
    try {
      track.rendition.prepare(id, positionSeconds);
    } catch (thrown) {
      onTrouble(thrown);
    }
  }
}

function textsOf({ plan, title }: PlaySession): TextTrack[] {
  return plan.subtitles.flatMap(({ index, action }) => {
    const track = title.film.facts.subtitles.find((one) => one.index === index);
    const isText = track !== undefined && track.form === "text" && (action === "webvtt" || action === "ass");
    return isText ? [{ path: `s/${index}/index.m3u8`, track }] : [];
  });
}

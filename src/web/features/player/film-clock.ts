/** By how much the clock of a `<video>` is ahead of the film that it plays; 0 when it is not here. */
const leads = new WeakMap<HTMLVideoElement, number>();

/** hls.js counts from the first picture that is decoded, which is not always the first that is shown. */
export function setLead(video: HTMLVideoElement, seconds: number): void {
  leads.set(video, seconds);
}

export function leadSeconds(video: HTMLVideoElement): number {
  return leads.get(video) ?? 0;
}

/** Where the film is, in seconds from its first picture. */
export function filmSeconds(video: HTMLVideoElement): number {
  return filmSecondsAt(video, video.currentTime);
}

/** Goes to a moment of the film. */
export function goTo(video: HTMLVideoElement, seconds: number): void {
  video.currentTime = seconds + leadSeconds(video);
}

/** The moment of the film that a moment of the clock of its `<video>` is. */
export function filmSecondsAt(video: HTMLVideoElement, seconds: number): number {
  return Math.max(0, seconds - leadSeconds(video));
}

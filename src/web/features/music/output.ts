/** How loud one media element is heard: the listener's volume, the gain of the song and a fade, each as a factor. */
export interface Output {
  set(factor: number): void;
  close(): void;
}

let context: AudioContext | undefined;

/** iPhones stop what runs through an audio context when the screen goes dark. */
const isApplePhone = () => /iPhone|iPad|iPod/.test(navigator.userAgent);

/** To be called while a person presses something: before that a browser lets nothing be heard. */
export function wakeSound(): void {
  if (isApplePhone() || typeof AudioContext === "undefined") return;
  context ??= new AudioContext({ latencyHint: "playback" });
  if (context.state === "suspended") void context.resume().catch(() => undefined);
}

/** Amplification needs the context; without one, songs can only be made quieter. */
export function outputOf(element: HTMLAudioElement): Output {
  if (context === undefined) {
    return {
      set: (factor) => {
        element.volume = Math.max(0, Math.min(1, factor));
      },
      close: () => undefined,
    };
  }
  const { currentTime, destination } = context;
  const source = context.createMediaElementSource(element);
  const gain = context.createGain();
  gain.gain.setValueAtTime(1, currentTime);
  source.connect(gain).connect(destination);
  return {
    set: (factor) => {
      // A jump would be heard as a click.
      gain.gain.setTargetAtTime(Math.max(0, factor), context?.currentTime ?? 0, smoothSeconds);
    },
    close: () => {
      source.disconnect();
      gain.disconnect();
    },
  };
}

const smoothSeconds = 0.01;

/** A line of text from one moment to another, in seconds from the first picture. */
export interface Cue {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly text: string;
}

function clockText(seconds: number, decimals: 2 | 3, comma: "," | "."): string {
  const unit = 10 ** decimals;
  const total = Math.round(seconds * unit);
  const pad = (value: number, digits: number) => String(value).padStart(digits, "0");
  const whole = Math.floor(total / unit);
  const hours = Math.floor(whole / 3600);
  const head = `${pad(hours, 2)}:${pad(Math.floor(whole / 60) % 60, 2)}:${pad(whole % 60, 2)}`;
  return `${head}${comma}${pad(total % unit, decimals)}`;
}

export function srtText(cues: readonly Cue[]): string {
  return cues
    .map(({ startSeconds, endSeconds, text }, index) => {
      return `${index + 1}\n${clockText(startSeconds, 3, ",")} --> ${clockText(endSeconds, 3, ",")}\n${text}\n`;
    })
    .join("\n");
}

export function assText(cues: readonly Cue[]): string {
  const lines = cues.map(({ startSeconds, endSeconds, text }) => {
    return `Dialogue: 0,${clockText(startSeconds, 2, ".")},${clockText(endSeconds, 2, ".")},Default,,0,0,0,,{\\i1}${text}{\\i0}`;
  });
  return `[Script Info]
ScriptType: v4.00+
PlayResX: 320
PlayResY: 180

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Sans,16,&H00FFFFFF,&H000000FF,&H00000000,&H00000000,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
${lines.join("\n")}
`;
}

const clockHz = 90_000;

function pgsSegment(seconds: number, type: number, body: readonly number[]): Buffer {
  const head = Buffer.alloc(13);
  head.write("PG", 0);
  head.writeUInt32BE(Math.round(seconds * clockHz), 2);
  head.writeUInt8(type, 10);
  head.writeUInt16BE(body.length, 11);
  return Buffer.concat([head, Buffer.from(body)]);
}

const word = (value: number): number[] => [(value >> 8) & 255, value & 255];

/** A white rectangle for each cue as Presentation Graphics (Blu-ray): PCS, WDS, PDS, ODS, END; then one that clears. */
export function pgsBytes(cues: readonly Cue[], screen: { width: number; height: number }): Uint8Array {
  const [width, height] = [60, 16];
  const place = [...word(screen.width / 2 - width / 2), ...word(screen.height - 2 * height)];
  const line = [0, 0x80 | width, 1, 0, 0];
  const pixels = Array.from({ length: height }, () => line).flat();
  const objectBytes = pixels.length + 4;
  const compositionOf = (number: number, isShown: boolean) => [
    ...[...word(screen.width), ...word(screen.height), 0x10, ...word(number), isShown ? 0x80 : 0, 0, 0],
    ...(isShown ? [1, ...word(0), 0, 0, ...place] : [0]),
  ];
  return Buffer.concat(
    cues.flatMap(({ startSeconds, endSeconds }, index) => [
      pgsSegment(startSeconds, 0x16, compositionOf(2 * index, true)),
      pgsSegment(startSeconds, 0x17, [1, 0, ...place, ...word(width), ...word(height)]),
      pgsSegment(startSeconds, 0x14, [0, 0, 1, 235, 128, 128, 255]),
      pgsSegment(startSeconds, 0x15, [
        ...[...word(0), 0, 0xc0, (objectBytes >> 16) & 255, ...word(objectBytes & 0xffff)],
        ...[...word(width), ...word(height), ...pixels],
      ]),
      pgsSegment(startSeconds, 0x80, []),
      pgsSegment(endSeconds, 0x16, compositionOf(2 * index + 1, false)),
      pgsSegment(endSeconds, 0x17, [1, 0, ...place, ...word(width), ...word(height)]),
      pgsSegment(endSeconds, 0x80, []),
    ]),
  );
}

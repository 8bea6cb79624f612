import type { SkipReason } from "./contract.ts";

/** Characters of one document that are kept and searched. */
export const maxTextLength = 1_000_000;

/** The text of a file cannot be had; `reason` is what its owner is told. */
export class Unreadable extends Error {
  readonly reason: SkipReason;
  constructor(reason: SkipReason) {
    super(reason);
    this.reason = reason;
  }
}

/** Gathers text up to the bound. */
export interface TextSink {
  add(text: string): void;
  isFull(): boolean;
  text(): string;
}

export function createTextSink(): TextSink {
  const parts: string[] = [];
  let length = 0;
  let wasBlank = true;
  return {
    add: (text) => {
      if (length >= maxTextLength) return;
      const isBlank = text.trim() === "";
      // Layout without words says nothing, however much of it there is; one break of a line is kept.
      if (isBlank && wasBlank && !(text.includes("\n") && parts.at(-1) === " ")) return;
      wasBlank = isBlank;
      parts.push(isBlank ? (text.includes("\n") ? "\n" : " ") : text);
      length += text.length;
    },
    isFull: () => length >= maxTextLength,
    text: () =>
      parts
        .join("")
        .slice(0, maxTextLength)
        .toWellFormed()
        .replaceAll(/[ \t\f\v\r\u00A0]+/g, " ")
        .replaceAll(/ ?\n[ \n]*/g, "\n")
        .trim(),
  };
}

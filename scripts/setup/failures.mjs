/** Lines before the one that names a failed test: bun prints the error there. */
const linesKept = 40;
const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

/**
 * Reads the output of `bun test` as it comes and keeps each failed test with the error that was printed before it, because in a long
 * run it has scrolled away by the end.
 */
export function createFailureLog() {
  /** @type {string[]} */
  const failures = [];
  let file = "";
  let rest = "";
  let isRecap = false;
  /** @type {string[]} */
  let before = [];

  const takeLine = (/** @type {string} */ line) => {
    const plain = line.replace(escapes, "");
    // After many files bun lists the failed ones once more.
    isRecap ||= /^\d+ tests? failed:$/.test(plain);
    if (isRecap) return;
    if (/^\S+\.test\.tsx?:$/.test(plain)) {
      file = plain.slice(0, -1);
      before = [];
    } else if (plain.startsWith("(fail)")) {
      failures.push([`${file}: ${plain}`, ...before].join("\n  "));
      before = [];
    } else if (plain.startsWith("(pass)")) {
      before = [];
    } else {
      before = [...before, plain].slice(-linesKept);
    }
  };

  return {
    /** @param {string} text */
    take: (text) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) takeLine(line);
    },
    failures: () => failures,
  };
}

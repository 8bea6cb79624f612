/** A line about the set-up, on stderr: stdout belongs to what is started. */
export function say(text) {
  process.stderr.write(`hearth: ${text}\n`);
}

/** Ends with a message a person can act on. */
export function fail(text) {
  say(text);
  process.exit(1);
}

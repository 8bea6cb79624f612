/**
 * A line about the set-up, on stderr: stdout belongs to what is started.
 *
 * @param {string} text
 */
export function say(text) {
  process.stderr.write(`hearth: ${text}\n`);
}

/**
 * Ends with a message a person can act on.
 *
 * @param {string} text
 * @returns {never}
 */
export function fail(text) {
  say(text);
  process.exit(1);
}

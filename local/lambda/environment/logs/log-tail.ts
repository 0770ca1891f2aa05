/** "the last 4 KB of the execution log": https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const TAIL_BYTES = 4096;
/** Cut now and then only: many short lines are not to be copied once per line. */
const CUT_LENGTH = 16 * TAIL_BYTES;

/** The end of an invocation's log. */
export class LogTail {
  #text = '';

  add(line: string): void {
    this.#text += `${line}\n`;
    if (this.#text.length > CUT_LENGTH) this.#text = this.#text.slice(-TAIL_BYTES);
  }

  toString(): string {
    const bytes = Buffer.from(this.#text);
    let start = Math.max(0, bytes.length - TAIL_BYTES);
    // Not in the middle of a character.
    while (((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
    return bytes.toString('utf8', start);
  }
}

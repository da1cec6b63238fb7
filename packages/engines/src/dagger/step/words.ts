/**
 * A Dockerfile's line has at most 65,535 bytes (BuildKit's parser, after Go's bufio.MaxScanTokenSize); quoting makes
 * four bytes of a character at most.
 */
const PIECES = /[\s\S]{1,8192}/gu;

/**
 * A word of a shell script that stands for this text. Control characters are spelt out, so that nothing on the way
 * takes one for the end of a line.
 */
export function shellWord(text: string): string {
  return wordOf(text.match(/[^\0-\x08\x0b-\x1f\x7f]+|[\0-\x08\x0b-\x1f\x7f]+/g), /^[\0-\x08\x0b-\x1f\x7f]/);
}

/** As `shellWord`, of a byte string (latin1): all but ASCII is spelt out. */
export function shellBytes(bytes: string): string {
  return wordOf(bytes.match(/[\n\x20-\x7e]+|[^\n\x20-\x7e]+/g), /^[^\n\x20-\x7e]/);
}

function wordOf(runs: readonly string[] | null, isOdd: RegExp): string {
  const write = (run: string): string[] =>
    (run.match(PIECES) ?? []).map((piece) => (isOdd.test(run) ? spelt(piece) : quoted(piece)));
  return runs === null ? "''" : runs.flatMap(write).join('\\\n');
}

function quoted(piece: string): string {
  return `'${piece.replaceAll("'", "'\\''")}'`;
}

/** None of these is a line break, which the substitution would drop at its end. */
function spelt(piece: string): string {
  const octal = [...Buffer.from(piece, 'latin1')].map((byte) => byte.toString(8).padStart(3, '0'));
  return `"$(printf '\\${octal.join('\\')}')"`;
}

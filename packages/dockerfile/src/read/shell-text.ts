/**
 * Returns the script of a RUN as the shell gets it, with all characters at the same offsets: Docker removes empty lines
 * and comments from a continued instruction (Dockerfile reference, "Format").
 *
 * @param escape the character that continues a line
 */
export function shellText(rest: string, escape: string): string {
  const lines = rest.split('\n');
  let isContinued = false;
  return lines
    .map((line, index) => {
      const isGap = isContinued && /^\s*(?:#|$)/.test(line);
      const goesOn = line.trimEnd().endsWith(escape);
      isContinued = isGap || goesOn;
      const end = index === lines.length - 1 ? '' : '\n';
      if (isGap) return ' '.repeat(line.length + end.length);
      return (goesOn ? continuedLine(line) : line) + end;
    })
    .join('');
}

/** Returns the line with "\" as its last character: in a Dockerfile, spaces may follow the escape character. */
function continuedLine(line: string): string {
  return `${line
    .trimEnd()
    .slice(0, -1)
    .padEnd(line.length - 1)}\\`;
}

/**
 * The shell's part of a RUN, as the shell gets it, character for character at the same offsets: Docker takes lines
 * that hold a comment or nothing out of a continued instruction (Dockerfile reference, "Format").
 *
 * @param escape the character that continues lines
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

/** With a "\" as its very last character: blanks may follow the escape character of a Dockerfile. */
function continuedLine(line: string): string {
  return `${line
    .trimEnd()
    .slice(0, -1)
    .padEnd(line.length - 1)}\\`;
}

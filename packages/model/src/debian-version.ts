/**
 * Compares two Debian package versions: negative if `a` is older, 0 if they are equal, positive if it is
 * newer (deb-version(7), "Sorting algorithm").
 */
export function compareDebianVersions(a: string, b: string): number {
  const left = partsOf(a);
  const right = partsOf(b);
  return (
    left.epoch - right.epoch ||
    compareText(left.upstream, right.upstream) ||
    compareText(left.revision, right.revision)
  );
}

function partsOf(version: string): { epoch: number; upstream: string; revision: string } {
  const colon = version.indexOf(':');
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf('-');
  return {
    epoch: colon < 0 ? 0 : Number(version.slice(0, colon)),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? '' : rest.slice(dash + 1),
  };
}

/** Non-digits and digits in turn: the first by `rank`, the second as numbers. */
function compareText(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a, i)) || (j < b.length && !isDigit(b, j))) {
      const difference = rank(a, i) - rank(b, j);
      if (difference !== 0) return difference;
      if (i < a.length && !isDigit(a, i)) i++;
      if (j < b.length && !isDigit(b, j)) j++;
    }
    const left = numberAt(a, i);
    const right = numberAt(b, j);
    const difference = left.digits.length - right.digits.length || compareDigits(left.digits, right.digits);
    if (difference !== 0) return difference;
    i = left.end;
    j = right.end;
  }
  return 0;
}

/**
 * `~` before the end of the text, that before letters, those before everything else. A digit counts as the
 * end.
 */
function rank(text: string, index: number): number {
  if (index >= text.length || isDigit(text, index)) return 0;
  const code = text.charCodeAt(index);
  if (code === 126) return -1;
  const isLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
  return isLetter ? code : code + 256;
}

function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 48 && code <= 57;
}

/** Without leading zeros, so that a longer one is larger: numbers here may exceed what a double can hold. */
function numberAt(text: string, start: number): { digits: string; end: number } {
  let first = start;
  while (text.charCodeAt(first) === 48) first++;
  let end = first;
  while (end < text.length && isDigit(text, end)) end++;
  return { digits: text.slice(first, end), end };
}

function compareDigits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A function as Go's vulnerability database names it. */
export interface GoSymbol {
  /** Import path: "golang.org/x/net/http2". */
  readonly package: string;
  /** "Dial", "Transport.RoundTrip". */
  readonly symbol: string;
}

/**
 * Returns the symbols that a linked function proves, as Go's vulnerability database writes them
 * (go.dev/doc/security/vuln/database: without pointers and type parameters). A closure, a wrapper, a numbered `init`
 * proves the function that it is in. Empty for what is not a function of a package (types' own functions).
 *
 * @param name as in the program: "golang.org/x/net/http2.(*Transport).RoundTrip.func1", a byte string
 */
export function goSymbols(name: string): GoSymbol[] {
  const plain = withoutTypeArguments(name);
  const separator = plain.indexOf('.', plain.lastIndexOf('/') + 1);
  if (separator <= 0 || plain.slice(0, separator).includes(':')) return [];
  const path = unescaped(plain.slice(0, separator));
  const [first = '', second = ''] = plain
    .slice(separator + 1)
    .split('.')
    .map(withoutMarks);
  if (first === '') return [];
  const one = { package: path, symbol: first };
  return second === '' ? [one] : [one, { package: path, symbol: `${first}.${second}` }];
}

/** Removes "[…]", which may be nested. */
function withoutTypeArguments(name: string): string {
  if (!name.includes('[')) return name;
  let plain = '';
  let depth = 0;
  for (const character of name) {
    if (character === '[') depth++;
    else if (character === ']') depth--;
    else if (depth === 0) plain += character;
  }
  return plain;
}

/** "(*Transport)" → "Transport"; "Close-fm", a method's value → "Close". */
function withoutMarks(part: string): string {
  if (/^\w*$/.test(part)) return part;
  return part.replace(/^\(\*?|\)$/g, '').replace(/-(?:fm|range\d+)$/, '');
}

/** Dots of a path's last element are escaped (cmd/internal/objabi/path.go, PathToPrefix). */
function unescaped(path: string): string {
  if (!path.includes('%')) return path;
  const bytes = path.replace(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

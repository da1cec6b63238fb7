/**
 * Fields of one deb822 paragraph by lower-case name; further lines of a field are kept, joined by line feeds.
 */
export type Stanza = ReadonlyMap<string, string>;

/** Parses one paragraph (deb822(5)). Ignores lines that are neither a field nor its continuation. */
export function parseStanza(text: string): Stanza {
  const fields = new Map<string, string>();
  let current = '';
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#')) continue;
    if (/^[ \t]/.test(line)) {
      if (current !== '') fields.set(current, `${fields.get(current) ?? ''}\n${line.slice(1).trimEnd()}`);
      continue;
    }
    const colon = line.indexOf(':');
    current = colon > 0 ? line.slice(0, colon).toLowerCase() : '';
    if (current !== '') fields.set(current, line.slice(colon + 1).trim());
  }
  return fields;
}

/** Parses all paragraphs of a file, which empty lines separate. */
export function parseStanzas(text: string): Stanza[] {
  return text
    .split(/\r?\n[ \t]*(?:\r?\n)+/)
    .map(parseStanza)
    .filter((stanza) => stanza.size > 0);
}

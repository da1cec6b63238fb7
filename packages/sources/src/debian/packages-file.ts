import type { ArchivePackage } from './package';

/** Fields of a Packages stanza that are read; the others stay in `raw`. */
const WANTED = new Set([
  'Package',
  'Version',
  'Architecture',
  'Filename',
  'Size',
  'SHA256',
  'Depends',
  'Pre-Depends',
  'Provides',
  'Priority',
  'Essential',
  'Multi-Arch',
  'Section',
  'Source',
]);

/**
 * Returns the stanzas of a Packages file, and how many lack a required field. Written for files of 60 MB: one
 * pass, no copies (strings of one byte a character, decoded when `raw` is read).
 */
export function parsePackages(
  bytes: Buffer,
  archive: string,
): { packages: ArchivePackage[]; broken: number } {
  const text = bytes.toString('latin1');
  const packages: ArchivePackage[] = [];
  let broken = 0;
  let start = 0;
  while (start < text.length) {
    const gap = text.indexOf('\n\n', start);
    const end = gap < 0 ? text.length : gap;
    const stanza = readStanza({ text, start, end }, archive);
    if (stanza) packages.push(stanza);
    else if (text.slice(start, end).trim() !== '') broken++;
    start = end + 2;
  }
  return { packages, broken };
}

/** A part of a Packages file, without the empty line after it. */
interface Stanza {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function readStanza(stanza: Stanza, archive: string): IndexedPackage | undefined {
  const { text, start, end } = stanza;
  const fields: Record<string, string> = {};
  let line = start;
  while (line < end) {
    const lineEnd = text.indexOf('\n', line);
    const stop = lineEnd < 0 || lineEnd > end ? end : lineEnd;
    if (text.charCodeAt(line) !== 32) {
      const colon = text.indexOf(':', line);
      const name = text.slice(line, colon);
      if (WANTED.has(name)) fields[name] = text.slice(colon + 1, stop).trim();
    }
    line = stop + 1;
  }
  const required = ['Package', 'Version', 'Architecture', 'Filename', 'Size', 'SHA256'];
  if (required.some((name) => fields[name] === undefined)) return undefined;
  return new IndexedPackage(fields, archive, stanza);
}

class IndexedPackage implements ArchivePackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly depends: string | undefined;
  readonly preDepends: string | undefined;
  readonly provides: string | undefined;
  readonly priority: string | undefined;
  readonly essential: boolean;
  readonly multiArch: string | undefined;
  readonly section: string | undefined;
  readonly source: string | undefined;
  readonly #stanza: Stanza;

  constructor(
    fields: Record<string, string>,
    readonly archive: string,
    stanza: Stanza,
  ) {
    this.name = fields['Package'] ?? '';
    this.version = fields['Version'] ?? '';
    this.architecture = fields['Architecture'] ?? '';
    this.path = fields['Filename'] ?? '';
    this.size = Number(fields['Size']);
    this.sha256 = fields['SHA256'] ?? '';
    this.depends = fields['Depends'];
    this.preDepends = fields['Pre-Depends'];
    this.provides = fields['Provides'];
    this.priority = fields['Priority'];
    this.essential = fields['Essential'] === 'yes';
    this.multiArch = fields['Multi-Arch'];
    this.section = fields['Section'];
    this.source = fields['Source'];
    this.#stanza = stanza;
  }

  get raw(): string {
    const { text, start, end } = this.#stanza;
    return Buffer.from(text.slice(start, end), 'latin1').toString('utf8').trimEnd();
  }
}

import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseStanzas, type Stanza } from '@image-tooling/model';

/** One address that the host's apt takes binary packages from. */
export interface AptSource {
  /**
   * As configured, without slashes at its end: `http://…/debian`, `mirror+file:/etc/apt/mirrors/debian.list`.
   */
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** Key files, fingerprints or a key, as configured; empty if the host's common keys are used. */
  readonly signedBy: string;
}

/** Words for "no" in apt's configuration (apt-pkg/contrib/strutl.cc, StringToBool). */
const NO = /^(0|no|false|without|off|disable)$/i;
/** apt reads no other files of the folder (sources.list(5)). */
const SOURCE_FILE = /^[\w-][\w.-]*\.(list|sources)$/;

/**
 * Returns the enabled sources of `deb` packages in apt's files, one an address, in the order of the files
 * (sources.list(5), both formats). Files that are absent or can't be read count as empty.
 */
export async function readAptSources(sourcesList: string, sourcesFolder: string): Promise<AptSource[]> {
  const names = (await readdir(sourcesFolder).catch(() => [])).filter((name) => SOURCE_FILE.test(name));
  const paths = [sourcesList, ...names.sort().map((name) => join(sourcesFolder, name))];
  return (await Promise.all(paths.map(sourcesIn))).flat();
}

async function sourcesIn(path: string): Promise<AptSource[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return path.endsWith('.sources') ? parseStanzas(text).flatMap(ofStanza) : text.split('\n').flatMap(ofLine);
}

function ofStanza(stanza: Stanza): AptSource[] {
  if (NO.test(stanza.get('enabled') ?? '')) return [];
  if (!words(stanza.get('types')).includes('deb')) return [];
  return words(stanza.get('uris')).map((uri) => ({
    uri: withoutEnd(uri),
    suites: words(stanza.get('suites')),
    components: words(stanza.get('components')),
    signedBy: stanza.get('signed-by') ?? '',
  }));
}

/** `deb [ option=value … ] uri suite component …  # comment`. A disc's address has spaces within brackets. */
const LINE = /^\s*deb\s+(?:\[([^\]]*)\]\s*)?((?:\[[^\]]*\]|[^\s[])+)\s+([^#]+)/;

function ofLine(line: string): AptSource[] {
  const [, options = '', uri = '', rest = ''] = LINE.exec(line) ?? [];
  const [suite, ...components] = words(rest);
  if (suite === undefined) return [];
  const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1] ?? '';
  return [{ uri: withoutEnd(uri), suites: [suite], components, signedBy }];
}

function withoutEnd(uri: string): string {
  return uri.replace(/\/+$/, '');
}

function words(field: string | undefined): string[] {
  return (field ?? '').split(/\s+/).filter((word) => word !== '');
}

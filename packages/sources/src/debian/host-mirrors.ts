import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseStanzas } from './stanza';

/** The archives of Debian's own that hosts have mirrors configured for. */
export type DebianArchive = 'debian' | 'debian-security';

/** Base addresses by archive, in the order of the host's files. */
export type HostMirrors = Readonly<Record<DebianArchive, readonly string[]>>;

export interface AptConfiguration {
  /** Default `/etc/apt/sources.list`. */
  readonly sourcesList?: string;
  /** Default `/etc/apt/sources.list.d`. */
  readonly sourcesFolder?: string;
}

/**
 * The mirrors that the host's apt is configured with (sources.list(5), both formats). An archive is known by its
 * address (ending in `/debian` or `/debian-security`) or by a suite that ends in `-security`. Files that are
 * absent or can't be read count as empty: a host need not have apt.
 */
export async function hostMirrors(configuration: AptConfiguration = {}): Promise<HostMirrors> {
  const folder = configuration.sourcesFolder ?? '/etc/apt/sources.list.d';
  const names = (await readdir(folder).catch(() => [])).sort();
  const paths = [
    configuration.sourcesList ?? '/etc/apt/sources.list',
    ...names.map((name) => join(folder, name)),
  ];
  const entries = await Promise.all(paths.map(entriesOf));
  const found: Record<DebianArchive, string[]> = { debian: [], 'debian-security': [] };
  for (const { uri, suites } of entries.flat()) {
    const archive = archiveOf(uri, suites);
    if (archive && !found[archive].includes(uri)) found[archive].push(uri);
  }
  return found;
}

interface SourceEntry {
  readonly uri: string;
  readonly suites: readonly string[];
}

async function entriesOf(path: string): Promise<SourceEntry[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  if (path.endsWith('.sources')) return parseStanzas(text).flatMap(stanzaEntries);
  return path.endsWith('.list') ? text.split('\n').flatMap(lineEntry) : [];
}

function stanzaEntries(stanza: ReadonlyMap<string, string>): SourceEntry[] {
  if (/^(no|false|0|off)$/i.test(stanza.get('enabled') ?? '')) return [];
  if (!words(stanza.get('types')).includes('deb')) return [];
  return words(stanza.get('uris')).map((uri) => entry(uri, words(stanza.get('suites'))));
}

function lineEntry(line: string): SourceEntry[] {
  const [, uri, suite] = /^\s*deb\s+(?:\[[^\]]*\]\s*)?(\S+)\s+(\S+)/.exec(line) ?? [];
  return uri === undefined || suite === undefined ? [] : [entry(uri, [suite])];
}

function entry(uri: string, suites: readonly string[]): SourceEntry {
  return { uri: uri.replace(/\/+$/, ''), suites };
}

function words(field: string | undefined): string[] {
  return (field ?? '').split(/\s+/).filter((word) => word !== '');
}

function archiveOf(uri: string, suites: readonly string[]): DebianArchive | undefined {
  if (!/^https?:\/\//.test(uri)) return undefined;
  if (uri.endsWith('/debian-security')) return 'debian-security';
  if (suites.some((suite) => suite.endsWith('-security'))) return 'debian-security';
  return uri.endsWith('/debian') ? 'debian' : undefined;
}

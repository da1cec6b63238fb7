import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { fetchedMirrorList } from './list-files';

/** A mirror without a priority is tried last (apt-transport-mirror(1)). */
const LAST = Number.MAX_SAFE_INTEGER;

/**
 * Returns the mirrors for an address of apt's: itself, or those in its list of mirrors by priority
 * (apt-transport-mirror(1): `mirror+file:`, `mirror+http:`, `mirror:`). Uses apt's copy of lists from the
 * network, without any request. Empty if there is no list.
 */
export async function addressesOf(uri: string, listsFolder: string): Promise<string[]> {
  const [, transport] = /^mirror(?:\+([a-z]+))?:/i.exec(uri) ?? [];
  if (transport === undefined && !/^mirror:/i.test(uri)) return [uri];
  const isLocal = transport === 'file' || transport === 'copy';
  return mirrorsIn(await (isLocal ? localList(uri) : fetchedMirrorList(uri, listsFolder)));
}

async function localList(uri: string): Promise<string> {
  const address = uri.replace(/^[^:]*:/, 'file:');
  if (!URL.canParse(address)) return '';
  try {
    return await readFile(fileURLToPath(address), 'utf8');
  } catch {
    return '';
  }
}

function mirrorsIn(list: string): string[] {
  return list
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map(mirrorOf)
    .filter(({ types }) => types.length === 0 || types.includes('deb'))
    .sort((a, b) => a.priority - b.priority)
    .map(({ uri }) => uri);
}

/** `<uri>\tpriority:1 type:deb arch:amd64`: the limits other than `type` only save apt requests. */
function mirrorOf(line: string) {
  const [uri = '', ...metadata] = line.trim().split(/\s+/);
  const valuesOf = (key: string): string[] =>
    metadata.filter((item) => item.startsWith(`${key}:`)).map((item) => item.slice(key.length + 1));
  const priority = Number(valuesOf('priority')[0] ?? LAST);
  return {
    uri: uri.replace(/\/+$/, ''),
    types: valuesOf('type'),
    priority: Number.isNaN(priority) ? LAST : priority,
  };
}

import { parseStanzas, type BaseLock, type Stanza } from '@image-tooling/model';
import { lookUp, toByteString } from '@image-tooling/layer';
import { fileIn, type LayerFiles } from '@image-tooling/oci';

/** What a system's files say about it. */
export interface BaseSystem extends Pick<BaseLock, 'os' | 'apt' | 'packages'> {
  /** dpkg's own record, or an empty text. */
  readonly status: string;
}

const STATUS = 'var/lib/dpkg/status';
/** The folder in which images without dpkg have a record for each package, next to checksum lists. */
const RECORDS = /^var\/lib\/dpkg\/status\.d\/(?!.*\.(?:md5sums|list)$)[^/]+$/;
/** os-release(5): two places, since the first may not be a link. */
const OS_RELEASE = ['usr/lib/os-release', 'etc/os-release'];
/** Programs that `packages` and `users` of an image need. */
const NEEDED = ['usr/bin/apt-get', 'usr/bin/dpkg', 'usr/sbin/useradd', STATUS];

/** Returns the files that `readSystem` reads. */
export function isSystemFile(path: string): boolean {
  return path === STATUS || RECORDS.test(path) || OS_RELEASE.includes(path);
}

/** Reads which system layers are, bottom first. */
export function readSystem(layers: readonly LayerFiles[]): BaseSystem {
  const paths = layers.map((layer) => layer.paths);
  const text = (path: string): string => fileIn(layers, path)?.toString('utf8') ?? '';
  const status = text(STATUS);
  const records = [...new Set(paths.flatMap((index) => [...index.keys()]))].filter((path) =>
    RECORDS.test(path),
  );
  const stanzas = [status, ...records.map(text)].flatMap(parseStanzas).filter(isInstalled);
  const os = osOf(OS_RELEASE.map(text).find((release) => release !== '') ?? '');
  return {
    status,
    ...(os && { os }),
    apt: NEEDED.every((path) => lookUp(paths, toByteString(path))?.kind === 'other'),
    packages: stanzas.map(packageOf).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)),
  };
}

/** Records of images without dpkg have no status; dpkg's may be of removed packages. */
function isInstalled(stanza: Stanza): boolean {
  return stanza.has('package') && / installed$|^$/.test(stanza.get('status') ?? '');
}

function packageOf(stanza: Stanza) {
  return {
    name: stanza.get('package') ?? '',
    version: stanza.get('version') ?? '',
    architecture: stanza.get('architecture') ?? '',
  };
}

function nameOf({ name, architecture }: { readonly name: string; readonly architecture: string }): string {
  return `${name}:${architecture}`;
}

function osOf(release: string): BaseLock['os'] {
  const value = (key: string): string | undefined =>
    new RegExp(`^${key}=(?:"([^"]*)"|'([^']*)'|(\\S*))$`, 'm').exec(release)?.slice(1).find(Boolean);
  const id = value('ID');
  const codename = value('VERSION_CODENAME');
  return id === undefined ? undefined : { id, ...(codename !== undefined && { codename }) };
}

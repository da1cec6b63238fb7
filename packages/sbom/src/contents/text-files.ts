import type { Collected } from './collected';
import { OS_RELEASE, readOsRelease } from './os-release';
import { readPackages } from './packages';
import type { Scope } from './types';

/** Reads a file that says what is in a layer. */
export type TextReader = (text: string, path: string, into: Collected) => void;

const STATUS = 'var/lib/dpkg/status';
/** The folder in which images without dpkg have a record for each package, next to checksum lists. */
const RECORD = /^var\/lib\/dpkg\/status\.d\/(?!.*\.(?:md5sums|list)$)[^/]+$/;
const COPYRIGHT = /^usr\/share\/doc\/([^/]+)\/copyright$/;
const NPM_PACKAGE = /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@][^/]*\/package\.json$/;

/**
 * Returns the reader of a file; undefined if it says nothing. In the scope `files`, all files are hashed, whatever they
 * are. Readers of licences are loaded late: their library has a list of all of SPDX's.
 */
export async function textReader(path: string, scope: Scope): Promise<TextReader | undefined> {
  if (scope === 'files') return undefined;
  if (path === STATUS) return (text, at, into) => into.setPackages(readPackages(text), at);
  if (RECORD.test(path)) return (text, at, into) => into.addRecords(readPackages(text), at);
  if (OS_RELEASE.includes(path)) return (text, _at, into) => into.setOs(readOsRelease(text));
  const folder = COPYRIGHT.exec(path)?.[1];
  if (folder !== undefined) {
    const { readCopyright } = await import('./copyright');
    return (text, _at, into) => into.addLicence(folder, readCopyright(text));
  }
  if (scope !== 'tools' || !NPM_PACKAGE.test(path)) return undefined;
  const { readNpmPackage } = await import('./npm-package');
  return (text, at, into) => into.addNpm(readNpmPackage(text), at);
}

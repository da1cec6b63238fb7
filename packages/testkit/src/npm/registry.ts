import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { FaultyServer } from '../archive/server';
import { writeTar } from '../archive/tar-writer';

/** A package to publish. */
export interface NpmFixture {
  /** With its scope. */
  readonly name: string;
  readonly version: string;
  /** By path in the package; a text is a file of mode 0644. */
  readonly files: Readonly<Record<string, string | { readonly content: string; readonly mode: number }>>;
  /** When it was published, RFC 3339; default: the registry does not say. */
  readonly time?: string;
  /** The folder of all files; default "package", as npm itself packs. */
  readonly folder?: string;
}

/** A small npm registry on 127.0.0.1, with faults to inject. */
export interface NpmRegistry {
  /** Ends with "/", as in the setting "registry". */
  readonly url: string;
  readonly port: number;
  /** Requested paths. */
  readonly requests: readonly string[];
  readonly server: FaultyServer;
  /** Publishes one more version, as its latest, or other bytes under the same version. */
  publish(fixture: NpmFixture): void;
}

/**
 * Starts a registry: packuments and tarballs as npm's own has them ("package metadata", "download").
 * `address`: the URL in its metadata, if it differs from the real one.
 */
export async function startNpmRegistry(
  fixtures: readonly NpmFixture[],
  address?: string,
): Promise<NpmRegistry> {
  const files = new Map<string, Buffer>();
  const server = new FaultyServer((path) => files.get(path));
  await server.start();
  const url = `${address ?? server.url}/`;
  const published = new Map<string, Map<string, Published>>();
  const publish = (fixture: NpmFixture): void => {
    const tarball = packed(fixture);
    const path = `${fixture.name}/-/${fixture.name.split('/').at(-1)}-${fixture.version}.tgz`;
    files.set(path, tarball);
    const versions = published.get(fixture.name) ?? new Map<string, Published>();
    published.set(fixture.name, versions.set(fixture.version, { fixture, tarball, url: `${url}${path}` }));
    files.set(fixture.name, Buffer.from(JSON.stringify(packument([...versions.values()]))));
  };
  fixtures.forEach(publish);
  return { url, port: Number(new URL(server.url).port), requests: server.requests, server, publish };
}

function packed({ name, version, files, folder = 'package' }: NpmFixture): Buffer {
  const all = { 'package.json': JSON.stringify({ name, version }), ...files };
  const entries = Object.entries(all).map(([path, file]) => {
    const { content, mode } = typeof file === 'string' ? { content: file, mode: 0o644 } : file;
    return { name: `${folder}/${path}`, type: 'file', content: Buffer.from(content), mode } as const;
  });
  return gzipSync(writeTar(entries, 0));
}

interface Published {
  readonly fixture: NpmFixture;
  readonly tarball: Buffer;
  readonly url: string;
}

/** The version that was published last is the latest. */
function packument(published: readonly Published[]) {
  const versions = published.map(({ fixture: { name, version }, tarball, url }) => {
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    const shasum = createHash('sha1').update(tarball).digest('hex');
    return [version, { name, version, dist: { tarball: url, integrity, shasum } }] as const;
  });
  const times = published.flatMap(({ fixture: { version, time } }) =>
    time === undefined ? [] : [[version, time] as const],
  );
  const { name, version: latest } = published.at(-1)!.fixture;
  return {
    name,
    'dist-tags': { latest },
    versions: Object.fromEntries(versions),
    ...(times.length > 0 && { time: Object.fromEntries(times) }),
  };
}

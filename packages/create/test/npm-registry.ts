import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';

/** Serves packed packages to npm, as a registry of one scope does (npm's "package metadata" format). */
export interface NpmRegistry {
  /** With the port; ends with a slash, as npm writes it. */
  readonly url: string;
  close(): Promise<void>;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
}

interface Packed {
  readonly file: string;
  readonly bytes: Buffer;
  readonly manifest: Manifest;
}

export async function startNpmRegistry(tarballs: readonly string[]): Promise<NpmRegistry> {
  const packed = tarballs.map(readTarball);
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '/').slice(1);
    const tarball = packed.find(({ file }) => path === `tarballs/${file}`);
    if (tarball) return response.end(tarball.bytes);
    const versions = packed.filter(({ manifest }) => manifest.name === path);
    if (versions.length === 0) return response.writeHead(404).end('{}');
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify(metadata(versions, urlOf(server))));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { url: urlOf(server), close: () => closed(server) };
}

function readTarball(path: string): Packed {
  const text = execFileSync('tar', ['-xzOf', path, 'package/package.json'], { encoding: 'utf8' });
  return { file: basename(path), bytes: readFileSync(path), manifest: JSON.parse(text) as Manifest };
}

/** The last one is the latest. */
function metadata(packed: readonly Packed[], url: string) {
  const versions = packed.map(({ file, bytes, manifest }) => [
    manifest.version,
    { ...manifest, dist: { tarball: `${url}tarballs/${file}`, integrity: integrity(bytes) } },
  ]);
  const last = packed.at(-1)!.manifest;
  const all: unknown = Object.fromEntries(versions);
  return { name: last.name, 'dist-tags': { latest: last.version }, versions: all };
}

function integrity(bytes: Buffer): string {
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}

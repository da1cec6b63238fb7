import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expandTemplate, versionValues, type ReleaseSource } from '@image-tooling/model';

/** A vendor's file that stands in for the real one. */
interface StandIn {
  readonly version: string;
  readonly source: Pick<ReleaseSource, 'url' | 'files'> & Partial<Pick<ReleaseSource, 'archNames'>>;
}

/** Vendors' hosts on this machine: every one of them has its files below a folder of its name. */
export interface VendorServer {
  /** For the plugin's option `mirrors`. */
  mirrors(hosts: readonly string[]): Record<string, string>;
  /** Puts a tool's files for both processors there: programs that say their version. */
  add(tool: StandIn): void;
  stop(): Promise<void>;
}

export async function startVendorServer(): Promise<VendorServer> {
  const files = new Map<string, Buffer>();
  const server = createServer(({ url = '' }, response) => {
    const content = files.get(decodeURIComponent(url));
    response.statusCode = content ? 200 : 404;
    response.end(content);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    mirrors: (hosts) => Object.fromEntries(hosts.map((host) => [`https://${host}/`, `${root}/${host}/`])),
    add: (tool) => {
      for (const arch of ['amd64', 'arm64'] as const) {
        const [url, paths] = expanded(tool, arch);
        files.set(url.replace('https:/', ''), packed(url, paths, tool.version));
      }
    },
    stop: () => new Promise((done) => server.close(() => done())),
  };
}

function expanded({ version, source }: StandIn, arch: 'amd64' | 'arm64'): [string, string[]] {
  const values = { ...versionValues(version), arch: source.archNames?.[arch] ?? arch };
  const fill = (text: string): string => {
    const result = expandTemplate(text, values);
    if (!result.ok) throw new Error(JSON.stringify(result.failures));
    return result.value;
  };
  return [fill(source.url), Object.keys(source.files).map(fill)];
}

/** The programs as the address says that they are packed. */
function packed(url: string, paths: readonly string[], version: string): Buffer {
  const program = `#!/bin/sh\necho ${version}\n`;
  if (!/\.(?:zip|tar\.gz|tgz)$/.test(url)) return Buffer.from(program);
  const folder = mkdtempSync(join(tmpdir(), 'vendor-'));
  try {
    for (const path of paths) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), program);
      chmodSync(join(folder, path), 0o755);
    }
    const file = join(folder, 'packed');
    if (url.endsWith('.zip'))
      execFileSync('python3', ['-m', 'zipfile', '-c', file, ...paths], { cwd: folder });
    else execFileSync('tar', ['-czf', file, ...paths], { cwd: folder });
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

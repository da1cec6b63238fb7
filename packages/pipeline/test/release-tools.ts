import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import {
  createRig,
  FaultyServer,
  makeCertificate,
  startForwardProxy,
  vendorTar,
  vendorZip,
  type CommandLineEnd,
  type RigOptions,
  type WorkspaceRig,
} from '@image-tooling/testkit';
import { XZ } from './vendor-archives';

/** The vendor's URL in the definition, which does not exist. */
export const VENDOR = 'https://vendor.invalid/';

/** Returns a program that is large enough to interrupt its download. */
export const program = (arch: string): string =>
  `#!/bin/sh\necho tool 1.0.0\n# ${arch}\n${'#'.repeat(200_000)}\n`;

/** Returns a vendor's files for a processor: a program, a link to it, its licence and unwanted files. */
export function releaseTar(arch: string): Buffer {
  const top = `tool-1.0.0-${arch}`;
  return gzipSync(
    vendorTar([
      { name: `${top}/`, flag: '5', mode: 0o755 },
      { name: `${top}/LICENSE`, content: 'Terms.\n' },
      { name: `${top}/README.md`, content: 'Read me.\n' },
      { name: `${top}/tool`, content: program(arch), mode: 0o755 },
      { name: `${top}/t`, flag: '2', link: 'tool' },
      { name: `${top}/share/data`, content: `for ${arch}\n` },
    ]),
  );
}

/** Returns the same in a zip, with a folder that a link on the PATH leads into. */
export function releaseZip(arch: string): Buffer {
  return vendorZip([
    { name: 'dist/tool', content: program(arch), mode: 0o100755 },
    { name: 'dist/lib/data', content: `for ${arch}\n`, mode: 0o100644 },
    { name: 'LICENSE', content: 'Terms.\n', mode: 0o100644 },
  ]);
}

const SOURCE = {
  url: `${VENDOR}v{version}/tool_{arch}.tar.gz`,
  archNames: { amd64: 'x86_64' },
  files: {
    'tool-{version}-{arch}/tool': 'bin/tool',
    'tool-{version}-{arch}/t': 'bin/t',
    'tool-{version}-{arch}/share': 'share/tool',
  },
};

const ZIP_SOURCE = {
  url: `${VENDOR}v{version}/tool_{arch}.zip`,
  files: { dist: 'lib/zipped' },
  links: { 'bin/zipped': 'lib/zipped/tool' },
};

/** A tar that xz made. */
export const XZ_SOURCE = {
  url: `${VENDOR}v{version}/tool_{arch}.tar.xz`,
  files: { tool: 'bin/xzed' },
};

/** A workspace with tools of a vendor's files, and a server that stands in for the vendor. */
export class ReleaseTools {
  /** What the vendor publishes, by path. */
  readonly published = new Map<string, Buffer>([
    ['v1.0.0/tool_x86_64.tar.gz', releaseTar('x86_64')],
    ['v1.0.0/tool_arm64.tar.gz', releaseTar('arm64')],
    ['v1.0.0/tool_amd64.zip', releaseZip('amd64')],
    ['v1.0.0/tool_arm64.zip', releaseZip('arm64')],
    ['v1.0.0/tool_amd64.tar.xz', XZ],
    ['v1.0.0/tool_arm64.tar.xz', XZ],
  ]);
  readonly server = new FaultyServer((path) => this.published.get(path));
  private readonly rigs: WorkspaceRig[] = [];
  private readonly stops: (() => Promise<void>)[] = [];

  static async open(): Promise<ReleaseTools> {
    const tools = new ReleaseTools();
    await tools.server.start();
    return tools;
  }

  /** Returns a new workspace, with an empty store unless another one is given. */
  async workspace(options: RigOptions = {}): Promise<WorkspaceRig> {
    const mirrors = { [VENDOR]: `${this.server.url}/` };
    const rig = await createRig({
      ...options,
      options: { compression: 'gzip', mirrors, ...options.options },
    });
    this.rigs.push(rig);
    await this.defineTool(rig);
    await this.define(rig, 'zipped', { release: ZIP_SOURCE });
    return rig;
  }

  /** A tool in a tar, with its own word for a processor. */
  defineTool(rig: WorkspaceRig): Promise<void> {
    return this.define(rig, 'tool', { release: SOURCE });
  }

  define(rig: WorkspaceRig, name: string, sources: object): Promise<void> {
    return rig.write(`tools/${name}/tool.json`, {
      description: 'A tool that its vendor publishes',
      homepage: 'https://tool.invalid',
      license: 'Apache-2.0',
      version: '1.0.0',
      sources,
      checks: [{ run: [name === 'zipped' ? 'zipped' : 'tool'], stdout: '^tool {version}$' }],
    });
  }

  run(rig: WorkspaceRig, ...args: readonly string[]): Promise<CommandLineEnd> {
    return rig.run(args, IMPATIENT);
  }

  must(rig: WorkspaceRig, ...args: readonly string[]): Promise<string> {
    return rig.must(args, IMPATIENT);
  }

  /**
   * Returns the environment in which the server acts as the vendor: reached by a proxy, with a certificate
   * for its name.
   */
  async asVendor(rig: WorkspaceRig): Promise<NodeJS.ProcessEnv> {
    const { host } = new URL(VENDOR);
    const certificate = await makeCertificate(rig.folder, host);
    const { key, cert } = certificate;
    const secure = createServer({ key, cert }, (request, response) => {
      const address = `${this.server.url}${request.url}`;
      void fetch(address).then(async (answer) =>
        response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer())),
      );
    }).listen(0, '127.0.0.1');
    await once(secure, 'listening');
    const { port } = secure.address() as AddressInfo;
    const proxy = await startForwardProxy({ route: (name) => (name === `${host}:443` ? port : undefined) });
    this.stops.push(
      () => proxy.stop(),
      async () => void secure.close(),
    );
    return { ...IMPATIENT, HTTPS_PROXY: `http://${proxy.host}`, SSL_CERT_FILE: certificate.file };
  }

  async remove(): Promise<void> {
    for (const stop of this.stops) await stop();
    await Promise.all([this.server.stop(), ...this.rigs.map((rig) => rig.remove())]);
  }
}

export const IMPATIENT = { IMAGE_HTTP_TRIES: '2', IMAGE_HTTP_TIMEOUT_SECONDS: '1' };

export function lockOf(rig: WorkspaceRig, name = 'tool'): Promise<string> {
  return readFile(join(rig.folder, 'tools', name, 'lock.json'), 'utf8');
}

/** A lock written from the vendor's checksums, not by fetching. */
export async function writeLock(
  rig: WorkspaceRig,
  contents: Readonly<Record<string, Buffer>>,
): Promise<void> {
  const entries = Object.entries(contents).map(([arch, bytes]) => [
    `linux/${arch}`,
    {
      url: `${VENDOR}v1.0.0/tool_${arch === 'amd64' ? 'x86_64' : arch}.tar.gz`,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    },
  ]);
  await rig.write('tools/tool/lock.json', {
    lockVersion: 1,
    version: '1.0.0',
    release: Object.fromEntries(entries) as object,
  });
}

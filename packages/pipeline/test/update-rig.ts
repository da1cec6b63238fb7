import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  copyGoStore,
  createArchive,
  createRig,
  fillGoStore,
  startNpmRegistry,
  writeProxy,
  FaultyServer,
  type FixtureArchive,
  type NpmRegistry,
  type ProxiedModule,
  type WorkspaceRig,
} from '@image-tooling/testkit';

const DAY_MS = 86_400_000;

/** Returns a date before now, as registries write it. */
const daysAgo = (days: number): string =>
  `${new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 19)}Z`;

const goModule = (version: string, time: string, text = 'hello'): ProxiedModule => ({
  path: 'example.invalid/hello',
  version,
  time,
  files: {
    'go.mod': 'module example.invalid/hello\n\ngo 1.24\n',
    'main.go': `package main\n\nimport "os"\n\nfunc main() { os.Stdout.WriteString("${text}") }\n`,
  },
});

const needsMissing = (): ProxiedModule => {
  const { files, ...made } = goModule('v1.1.5', daysAgo(20));
  const [goMod, main] = [files['go.mod'] ?? '', files['main.go'] ?? ''];
  return {
    ...made,
    files: {
      'go.mod': `${goMod}\nrequire example.invalid/missing v1.0.0\n`,
      'main.go': main.replace('import "os"', 'import (\n\t"os"\n\n\t_ "example.invalid/missing"\n)'),
    },
  };
};

const debs = (version: string, content = version) =>
  (['amd64', 'arm64'] as const).map((arch) => ({
    name: 'fixture-tool',
    version,
    arch,
    files: { 'usr/bin/fixture-tool': { content: `#!/bin/sh\necho ${content}\n`, mode: 0o755 } },
  }));

const npmPackage = (version: string, time: string, content = version) => ({
  name: '@fixture/tool',
  version,
  time,
  files: { 'bin/tool': { content: `#!/bin/sh\necho ${content}\n`, mode: 0o755 } },
});

/** As GitHub's REST API answers ("List releases"), without members that are not read. */
const release = (version: string, time: string, more: object = {}) => ({
  tag_name: `tool/v${version}`,
  draft: false,
  prerelease: false,
  published_at: time,
  assets: ['amd64', 'arm64'].map((arch) => ({ name: `tool_${arch}`, size: 20 })),
  ...more,
});

/** Comments are not allowed in tool.json, but any form is: an update keeps it. */
const definition = (sources: string): string => `{
   "description":   "A tool, in a form that stays",


  "homepage": "https://tool.invalid", "license": "Apache-2.0",
  "version":   "1.0.0",
  "sources": ${sources}
}
`;

export const SOURCES = {
  'go-tool': '{ "go": { "package": "example.invalid/hello" } }',
  'npm-tool': '{ "npm": { "package": "@fixture/tool", "files": { "bin/tool": "bin/npm-tool" } } }',
  'deb-tool': '{ "deb": { "package": "fixture-tool", "files": { "usr/bin/fixture-tool": "bin/deb-tool" } } }',
  'release-tool':
    '{ "release": { "url": "https://github.com/acme/tool/releases/download/tool%2Fv{version}/tool_{arch}", "files": { "x": "bin/release-tool" } } }',
  'page-tool':
    '{ "release": { "url": "https://vendor.invalid/{version}/tool_{arch}", "versions": { "url": "https://vendor.invalid/stable.txt" }, "files": { "x": "bin/page-tool" } } }',
} as const;
export const NAMES = Object.keys(SOURCES) as (keyof typeof SOURCES)[];

/** A workspace with a tool of each kind of source, locked at 1.0.0, and servers that have newer versions. */
export class UpdateRig {
  private constructor(
    readonly rig: WorkspaceRig,
    readonly archive: FixtureArchive,
    readonly registry: NpmRegistry,
    readonly vendor: FaultyServer,
    readonly pages: Map<string, Buffer>,
    /** Called before the vendor answers. */
    readonly hooks: { onRequest?: (path: string) => void },
  ) {}

  static async open(sharedFolder: string): Promise<UpdateRig> {
    const pages = new Map<string, Buffer>();
    const hooks: { onRequest?: (path: string) => void } = {};
    const vendor = new FaultyServer((path) => {
      hooks.onRequest?.(path);
      return pages.get(path);
    });
    await vendor.start();
    const archive = await createArchive({ packages: debs('1:1.0.0-1') });
    const registry = await startNpmRegistry([npmPackage('1.0.0', daysAgo(400))]);
    const mirrors = Object.fromEntries(
      ['https://api.github.com/', 'https://github.com/', 'https://vendor.invalid/'].map((from) => [
        from,
        `${vendor.url}/${new URL(from).host}/`,
      ]),
    );
    const options = { compression: 'gzip', debian: { suites: ['none'] }, mirrors };
    const rig = await createRig({ archives: [archive], options });
    const store = join(sharedFolder, 'go-store');
    await fillGoStore(store);
    await copyGoStore(store, rig.store);
    const made = new UpdateRig(rig, archive, registry, vendor, pages, hooks);
    await made.define();
    await made.publishOld();
    await Promise.all(NAMES.map((name) => rig.must(['lock', name], made.env)));
    await made.publishNew();
    return made;
  }

  get env(): NodeJS.ProcessEnv {
    return {
      GOPROXY: `file://${this.proxy}`,
      GOSUMDB: 'off',
      npm_config_registry: this.registry.url,
      IMAGE_HTTP_TRIES: '1',
    };
  }

  private get proxy(): string {
    return join(this.rig.folder, 'proxy');
  }

  /** Writes the definitions at 1.0.0, and an image that has the tools. */
  private async define(): Promise<void> {
    for (const name of NAMES) await this.rig.write(`tools/${name}/tool.json`, definition(SOURCES[name]));
    await this.rig.write('images/base/image.json', { description: 'A base', from: { debian: 'trixie' } });
    await this.rig.write('images/child/image.json', {
      description: 'A child',
      from: { image: 'base' },
      tools: NAMES,
    });
    await this.rig.write('images/above/image.json', { description: 'Above', from: { image: 'child' } });
  }

  private async publishOld(): Promise<void> {
    await writeProxy(this.proxy, [goModule('v1.0.0', daysAgo(400))]);
    this.publishRelease([release('1.0.0', daysAgo(400))]);
    this.publishFiles('1.0.0');
    this.pages.set('vendor.invalid/stable.txt', Buffer.from('v1.0.0\n'));
  }

  private publishRelease(releases: readonly object[]): void {
    this.pages.set('api.github.com/repos/acme/tool/releases', Buffer.from(JSON.stringify(releases)));
  }

  /** The text of each file is its version, or other bytes. */
  publishFiles(version: string, content = version): void {
    for (const arch of ['amd64', 'arm64']) {
      const program = Buffer.from(`#!/bin/sh\necho ${content} ${arch}\n`);
      this.pages.set(`github.com/acme/tool/releases/download/tool/v${version}/tool_${arch}`, program);
      this.pages.set(`vendor.invalid/${version}/tool_${arch}`, program);
    }
  }

  /** Publishes newer versions: 1.1.0 is the newest that may be taken, 1.1.5 of the Go tool needs a module that is missing, 1.2.0 is too young, 2.0.0 is a larger step. */
  private async publishNew(): Promise<void> {
    const versions = [
      ['1.1.0', daysAgo(30)],
      ['1.2.0', daysAgo(1)],
      ['2.0.0', daysAgo(10)],
    ] as const;
    await writeProxy(
      this.proxy,
      // A module of a next major version has another path, so this one has no 2.0.0.
      [...versions.slice(0, 2).map(([version, time]) => goModule(`v${version}`, time)), needsMissing()],
    );
    for (const [version, time] of versions) this.registry.publish(npmPackage(version, time));
    const incomplete = { assets: [{ name: 'tool_amd64', size: 20 }] };
    this.publishRelease([
      release('9.0.0', daysAgo(20), { draft: true }),
      release('1.9.0', daysAgo(20), { prerelease: true }),
      release('1.8.0', daysAgo(20), incomplete),
      { ...release('1.7.0', daysAgo(20)), tag_name: 'other/v1.7.0' },
      ...versions.map(([version, time]) => release(version, time)),
      release('1.0.0', daysAgo(400)),
    ]);
    this.publishFiles('1.1.0');
    this.pages.set('vendor.invalid/stable.txt', Buffer.from('v1.1.0\n'));
    await this.archive.republish({ packages: debs('1:1.1.0+ds-2') });
  }

  /** Publishes other bytes under the version that is locked, besides newer versions. */
  async changePublished(): Promise<void> {
    await writeProxy(this.proxy, [goModule('v1.0.0', daysAgo(400), 'other')]);
    this.registry.publish(npmPackage('1.0.0', daysAgo(400), 'other'));
    this.registry.publish(npmPackage('2.0.0', daysAgo(10)));
    this.publishFiles('1.0.0', 'other');
    await this.archive.republish({ packages: [...debs('1:1.0.0-1', 'other')] });
  }

  read(path: string): Promise<string> {
    return readFile(join(this.rig.folder, path), 'utf8');
  }

  /** Returns the files of all tools, by path: what an update may change. */
  async files(): Promise<Record<string, string>> {
    const names = NAMES.flatMap((name) => [`tools/${name}/tool.json`, `tools/${name}/lock.json`]);
    const all = [...names, 'tools/go-tool/go.mod', 'tools/go-tool/go.sum'];
    return Object.fromEntries(
      await Promise.all(all.map(async (path) => [path, await this.read(path)] as const)),
    );
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(files)) await this.rig.write(path, text);
  }

  async remove(): Promise<void> {
    await Promise.all([
      this.rig.remove(),
      this.archive.stop(),
      this.vendor.stop(),
      this.registry.server.stop(),
    ]);
  }
}

import type { ArchiveSource, Suite } from '@image-tooling/sources';
import { signingKey } from './keys';
import { debPath, publishArchive, type ArchiveContent } from './publish';
import type { FaultRule } from './faults';
import { FaultyServer } from './server';

export interface FixtureArchiveOptions extends Partial<ArchiveContent> {
  /** The archive's name in locks; default `fixture`. */
  readonly name?: string;
  /** Its path on the server: `debian`. Default: the root. */
  readonly folder?: string;
}

/**
 * A small signed Debian archive behind a real server, that can be changed, damaged, stopped and started
 * again.
 */
export interface FixtureArchive {
  readonly name: string;
  /** Its only suite; default `stable`. */
  readonly suite: Suite;
  /** Base address, for a workspace's mirror option. */
  readonly url: string;
  /** ASCII-armoured, for a workspace's trust folder. */
  readonly publicKey: string;
  /**
   * Everything `openArchive` and `fetchDebs` need; the snapshot archive is the same server, at
   * `/snapshot/<time>/`.
   */
  readonly source: ArchiveSource;
  /** Requested paths. */
  readonly requests: string[];
  /** Resolves with the path of the next request when it arrives, before it is answered. */
  nextRequest(): Promise<string>;
  /** Changes what is published: more packages, another signature, another date. */
  republish(changes: Partial<ArchiveContent>): Promise<void>;
  /** Removes a package's .deb, from the mirror alone or also from the snapshot; the lists still name it. */
  removeDeb(name: string, from?: 'mirror' | 'everywhere'): void;
  fault(rule: FaultRule): void;
  heal(): void;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Builds, signs and serves an archive. Stop it when the test ends. */
export async function createArchive(options: FixtureArchiveOptions = {}): Promise<FixtureArchive> {
  const name = options.name ?? 'fixture';
  let content: ArchiveContent = { suite: 'stable', packages: [], ...options };
  let files = await publishArchive(content);
  const everPublished = new Map(files);
  const base = options.folder === undefined ? '' : `${options.folder}/`;
  const server = new FaultyServer((asked) => {
    if (!asked.startsWith(base)) return undefined;
    const path = asked.slice(base.length);
    const [first, , ...rest] = path.split('/');
    return first === 'snapshot' ? everPublished.get(rest.join('/')) : files.get(path);
  });
  await server.start();
  const url = `${server.url}/${base}`.replace(/\/$/, '');
  const { publicKey } = await signingKey('trusted');
  return {
    name,
    suite: { archive: name, suite: content.suite },
    url,
    publicKey,
    source: { mirrors: [url], snapshot: `${url}/snapshot`, trustedKeys: [publicKey] },
    requests: server.requests,
    nextRequest: () => server.nextRequest(),
    async republish(changes) {
      content = { ...content, ...changes };
      files = await publishArchive(content);
      for (const [path, bytes] of files) everPublished.set(path, bytes);
    },
    removeDeb(packageName, from = 'everywhere') {
      for (const path of content.packages.filter((fixture) => fixture.name === packageName).map(debPath)) {
        files.delete(path);
        if (from === 'everywhere') everPublished.delete(path);
      }
    },
    fault: (rule) => server.fault(rule),
    heal: () => server.heal(),
    stop: () => server.stop(),
    start: () => server.start(),
  };
}

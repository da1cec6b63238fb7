import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHttpClient, type HttpTimings } from '@image-tooling/host';
import { onTestFinished } from 'vitest';
import { Lane } from '../src/proxy/lane';
import { CacheProxy } from '../src/proxy/proxy';
import { openProxyServer } from '../src/proxy/server';
import { Spool } from '../src/proxy/spool';
import { openServer } from '../src/sources/server';
import type { CacheSource } from '../src/sources/source';
import { CACHE_TIMINGS } from '../src/sources/timings';
import { fixedToken, type Tokens } from '../src/sources/tokens';
import { DAY_MS, expectedWith, NOW, REPOSITORY, type newSigner } from './entries';

/** Limits for tests of faults: everything that hangs ends in a third of a second. */
export const QUICK: HttpTimings = {
  ...CACHE_TIMINGS,
  connectSeconds: 0.15,
  readAnswerSeconds: 0.3,
  writeAnswerSeconds: 0.3,
  stallSeconds: 0.3,
  slowSeconds: 0.3,
};

export interface RigOptions {
  readonly signer?: ReturnType<typeof newSigner>;
  /** Default: the signer's. */
  readonly trusted?: readonly ReturnType<typeof newSigner>[];
  readonly sources: readonly CacheSource[];
  readonly folder?: string;
  readonly mostBytes?: number;
  /** For payloads; 0: all go into files. */
  readonly memoryBytes?: number;
  /** Default: the real ones. */
  readonly timings?: HttpTimings;
}

/** A proxy, and requests as Nx sends them. */
export interface Rig {
  readonly url: string;
  readonly token: string;
  readonly proxy: CacheProxy;
  /** Errors that no part expected. */
  readonly bugs: unknown[];
  /** Files in the spool. */
  spooled(): string[];
  /** Returns the payload, or the status. */
  get(hash: string): Promise<Buffer | number>;
  /** Returns the status. */
  put(hash: string, payload: Buffer): Promise<number>;
}

/** Opens a proxy that ends with the test. */
export async function openRig({
  signer,
  trusted,
  sources,
  folder = temporary(),
  mostBytes,
  memoryBytes,
  timings = CACHE_TIMINGS,
}: RigOptions): Promise<Rig> {
  const [first, ...others] = sources.map((source) => new Lane(source, timings));
  if (!first) throw new Error('no source');
  const keys = expectedWith(...(trusted ?? (signer ? [signer] : []))).trusted;
  const policy = { repository: REPOSITORY, trusted: keys, maxAgeMs: 90 * DAY_MS, now: () => NOW };
  const more = mostBytes === undefined ? {} : { mostBytes };
  const proxy = new CacheProxy({
    lanes: [first, ...others],
    spool: new Spool(folder, memoryBytes),
    policy,
    signer,
    ...more,
  });
  const bugs: unknown[] = [];
  const onBug = (error: unknown): void => void bugs.push(error);
  const server = await openProxyServer({ proxy, onBug, end: async () => 'ended', onEnded: () => undefined });
  onTestFinished(async () => {
    server.close();
    await proxy.end(0);
    await Promise.all(sources.map((source) => source.close()));
  });
  const { url, token } = server;
  const headers = { authorization: `Bearer ${token}` };
  return {
    ...{ url, token, proxy, bugs },
    spooled: () => files(folder),
    async get(hash) {
      const answer = await fetch(`${url}/v1/cache/${hash}`, { headers });
      const body = Buffer.from(await answer.arrayBuffer());
      return answer.status === 200 ? body : answer.status;
    },
    async put(hash, payload) {
      const answer = await fetch(`${url}/v1/cache/${hash}`, {
        method: 'PUT',
        headers,
        body: new Uint8Array(payload),
      });
      return answer.status;
    },
  };
}

interface SourceOptions {
  readonly tokens?: Tokens;
  readonly timings?: HttpTimings;
}

/** Opens a server as a source. */
export function serverSource(url: string, options: SourceOptions = {}): CacheSource {
  const { tokens = fixedToken('secret-token', 'a test'), timings = CACHE_TIMINGS } = options;
  return openServer({ url, tokens, client: openHttpClient({ env: {}, timings }) });
}

export function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'image-tooling-cache-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

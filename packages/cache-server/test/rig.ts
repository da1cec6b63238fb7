import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request as ask } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { openFolderStore, type ObjectStore } from '@image-tooling/object-store';
import { valueOf } from '@image-tooling/testkit/helpers';
import { hashOfToken } from '../src/access';
import { readSettings } from '../src/config';
import { openLog } from '../src/report';
import { serve } from '../src/serve';

export interface Answer {
  readonly status: number;
  /** Of the header x-cache-reason. */
  readonly reason: string | undefined;
  readonly body: Buffer;
}

export interface AskOptions {
  readonly token?: string;
  readonly body?: Buffer | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A running server, with its storage in a temporary folder. */
export interface Rig {
  readonly port: number;
  readonly folder: string;
  /** A second way into its storage. */
  readonly store: ObjectStore;
  /** Its log, parsed. */
  readonly log: Record<string, unknown>[];
  readonly logText: () => string;
  /** Names of its temporary files. */
  readonly temporaryFiles: () => string[];
  /** Sends a request with exactly this path. */
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>;
  get(hash: string, token?: string): Promise<Answer>;
  put(hash: string, body: Buffer | string, token?: string): Promise<Answer>;
  stop(): Promise<void>;
}

/** Static tokens of every rig. */
export const TOKENS = {
  writer: 'writer-token',
  reader: 'reader-token',
  named: 'named-token',
  other: 'other-token',
};

const ENTRIES = [
  { name: 'writer', project: 'tooling', role: 'write', namespace: 'trusted' },
  { name: 'reader', project: 'tooling', role: 'read' },
  { name: 'named', project: 'tooling', role: 'write', namespace: 'laptops' },
  { name: 'other', project: 'other', role: 'write', namespace: 'trusted' },
] as const;

export interface RigOptions {
  /** Keys of cache-server.json in place of the rig's. */
  readonly config?: object;
  readonly env?: NodeJS.ProcessEnv;
  readonly cooldownMs?: number;
}

export async function startRig({ config = {}, env = {}, cooldownMs }: RigOptions = {}): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'image-tooling-cache-server-'));
  const temporary = join(folder, 'temporary');
  const storage = pathToFileURL(join(folder, 'storage')).href;
  writeConfig(folder, { storage, ...config });
  const settings = valueOf(await readSettings(join(folder, 'cache-server.json'), env));
  const lines: string[] = [];
  const log = openLog({ write: (text: string) => lines.push(text) > 0 });
  const running = valueOf(
    await serve({ settings, env, log, ...(cooldownMs !== undefined && { cooldownMs }) }),
  );
  await running.counted;
  const { port } = running;
  const send = (method: string, path: string, options: AskOptions = {}) =>
    sendTo(port, method, path, options);
  return {
    ...{ port, folder, store: openFolderStore(join(folder, 'storage')) },
    get log() {
      return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    logText: () => lines.join(''),
    temporaryFiles: () => (existsSync(temporary) ? readdirSync(temporary) : []),
    ask: send,
    get: (hash, token = TOKENS.reader) => send('GET', `/v1/cache/${hash}`, { token }),
    put: (hash, body, token = TOKENS.writer) => send('PUT', `/v1/cache/${hash}`, { token, body }),
    async stop() {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Writes cache-server.json and the file with static tokens. */
export function writeConfig(folder: string, config: object): void {
  const all = {
    ...{ listen: '127.0.0.1:0', temporary: join(folder, 'temporary'), tokens: 'tokens.json' },
    projects: { tooling: {}, other: {} },
    ...config,
  };
  writeFileSync(join(folder, 'cache-server.json'), JSON.stringify(all));
  const tokens = ENTRIES.map((entry) => ({ ...entry, sha256: hashOfToken(TOKENS[entry.name]) }));
  writeFileSync(join(folder, 'tokens.json'), JSON.stringify({ tokens }));
}

/** Sends a request with exactly this path. */
export function sendTo(
  port: number,
  method: string,
  path: string,
  { token, body, headers = {} }: AskOptions,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const login = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const size = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const request = ask({
      port,
      host: '127.0.0.1',
      method,
      path,
      headers: { ...login, ...size, ...headers },
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const reason = response.headers['x-cache-reason'];
      buffer(response).then(
        (bytes) =>
          resolve({
            status: response.statusCode ?? 0,
            reason: reason === undefined ? reason : String(reason),
            body: bytes,
          }),
        reject,
      );
    });
    request.end(body);
  });
}

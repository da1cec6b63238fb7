import { createHash, createHmac } from 'node:crypto';
import { expect } from 'vitest';
import { AUDIENCE, newKey, PUSH_TO_MAIN, REPOSITORY_ID, startIssuer, token, type Issuer } from './issuer';
import { startRig, type Rig } from './rig';

/** A server, however it runs. */
export type Target = Pick<Rig, 'get' | 'put' | 'store' | 'stop'>;

export interface ManyOptions {
  readonly objects: number;
  readonly clients: number;
  /** Bytes of an object; most are near the smallest, as entries of Nx are. */
  readonly smallest: number;
  readonly largest: number;
  /** Starts a server with these keys of its configuration. Default: in this process. */
  readonly start?: (config: object) => Promise<Target>;
}

/** What storing and reading many objects showed. */
export interface ManyResult {
  readonly target: Target;
  readonly issuer: Issuer;
  readonly hashes: readonly string[];
  readonly bytes: number;
  /** Returns the status of a GET by main. */
  readonly statusOf: (hash: string) => Promise<number>;
}

export const RUN = '777';

/** Stores objects from several clients, each by two writers of the same key, and checks that each comes back whole. */
export async function storeMany(options: ManyOptions): Promise<ManyResult> {
  const key = await newKey('key');
  const issuer = await startIssuer(key);
  const github = { issuer: issuer.url };
  const projects = { tooling: { github: { repositoryId: REPOSITORY_ID } }, other: {} };
  const { start = (config: object) => startRig({ config }) } = options;
  const target = await start({ audience: AUDIENCE, github, projects });
  const main = await token({ ...PUSH_TO_MAIN, run_id: RUN }, { key, issuer: issuer.url, ends: 3600 });
  const hashes = Array.from({ length: options.objects }, (_, at) => String(1_000_000 + at));
  let bytes = 0;
  await eachOf(hashes, options.clients, async (hash) => {
    const body = bodyOf(hash, options);
    bytes += body.length;
    const answers = await Promise.all([target.put(hash, body, main), target.put(hash, body, main)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });
  await eachOf(hashes, options.clients, async (hash) => {
    const { status, body } = await target.get(hash, main);
    expect([status, sha256(body)], hash).toEqual([200, sha256(bodyOf(hash, options))]);
  });
  return { target, issuer, hashes, bytes, statusOf: async (hash) => (await target.get(hash, main)).status };
}

async function eachOf(
  hashes: readonly string[],
  clients: number,
  work: (hash: string) => Promise<void>,
): Promise<void> {
  const waiting = hashes.values();
  const client = async () => {
    for (const hash of waiting) await work(hash);
  };
  await Promise.all(Array.from({ length: clients }, client));
}

/** 10,000 objects of up to 50 MB are some 6 GB with it. */
const SKEW = 8;

/** Bytes that no two objects have in common, from the hash alone. */
function bodyOf(hash: string, { smallest, largest }: ManyOptions): Buffer {
  const chance = createHash('sha256').update(hash).digest().readUInt32BE() / 2 ** 32;
  const size = Math.round(smallest * (largest / smallest) ** (chance ** SKEW));
  const piece = createHmac('sha512', hash).update('piece').digest();
  return Buffer.alloc(size, piece);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

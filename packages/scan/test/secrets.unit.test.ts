import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { codesOf, valueOf } from '@image-tooling/testkit/helpers';
import { fileEntry, symlinkEntry, type TarEntry } from '@image-tooling/layer';
import {
  recordOfSecrets,
  SECRET_RULES,
  secretsOfLayer,
  secretsOfRecord,
  type FileSecret,
} from '../src/index';
import { layerOf } from './layer-of';
import { PKCS8, random, SAMPLES } from './samples';

async function hitsOf(...entries: TarEntry[]): Promise<readonly FileSecret[]> {
  return valueOf(await secretsOfLayer(layerOf(entries))).hits;
}

async function rulesIn(path: string, content: string | Buffer): Promise<string[]> {
  return [...new Set((await hitsOf(fileEntry(path, content))).map(({ rule }) => rule))];
}

describe('a secret in a file', () => {
  it.each(SAMPLES.map((sample) => [sample.rule, sample.path, sample] as const))(
    'is found: %s in %s',
    async (rule, path, { content }) => {
      expect(await rulesIn(path, content)).toEqual([rule]);
    },
  );

  const without = SAMPLES.flatMap(({ rule, without }) =>
    Object.entries(without).map(([what, file]) => [rule, what, file] as const),
  );
  it.each(without)('is not reported: %s, %s', async (_rule, _what, [path, content]) => {
    expect(await rulesIn(path, content)).toEqual([]);
  });

  it('has a sample for each rule', () => {
    const rules = new Set(SECRET_RULES.map(({ id }) => id));
    expect(new Set(SAMPLES.map(({ rule }) => rule))).toEqual(rules);
  });

  it('is not in any output', async () => {
    for (const { path, content, secret } of SAMPLES) {
      if (secret.length < 8) continue;
      const text = JSON.stringify(
        recordOfSecrets({ hits: await hitsOf(fileEntry(path, content)), unopened: 0 }),
      );
      for (let at = 0; at + 5 <= secret.length; at += 5) expect(text).not.toContain(secret.slice(at, at + 8));
    }
  });
});

describe('a search of files', () => {
  const token = `ghp_${random(36)}`;
  const MIB = 1024 ** 2;

  it('says where a secret is', async () => {
    const [hit] = await hitsOf(fileEntry('a/b', `one\ntwo\nGH=${token}\n`));
    expect(hit).toMatchObject({ path: 'a/b', line: 3, offset: 11, excerpt: 'ghp_… (40 characters)' });
  });

  it.each([MIB - 2000, MIB - 20, MIB, 2 * MIB - 70_000, 3 * MIB - 1])(
    'finds a key that begins at byte %i of a large file, once',
    async (offset) => {
      const line = `${'a'.repeat(99)}\n`;
      const start = line.repeat(Math.ceil(offset / 100)).slice(0, offset - 1);
      const text = `${start}\n${PKCS8}${line.repeat(20_000)}`;
      const hits = await hitsOf(pieces('big', text));
      expect(hits.map(({ offset, line }) => ({ offset, line }))).toEqual([
        { offset, line: text.slice(0, offset).split('\n').length },
      ]);
    },
  );

  it('finds keys and tokens in programs, without a line', async () => {
    const program = Buffer.concat([Buffer.from('\x7fELF\0\0'), Buffer.from(`${PKCS8}\0${token}\0`)]);
    const hits = await hitsOf(fileEntry('usr/bin/a', program));
    expect(hits.map(({ rule, line }) => [rule, line])).toEqual([
      ['private-key', undefined],
      ['github-token', undefined],
    ]);
  });

  it('gives equal secrets equal fingerprints, and passwords none', async () => {
    const [a, b] = await hitsOf(fileEntry('a', token), fileEntry('b', `x ${token}`));
    expect(a?.fingerprint).toMatch(/^[0-9a-f]{12}$/);
    expect(b?.fingerprint).toBe(a?.fingerprint);
    const [netrc] = await hitsOf(fileEntry('.netrc', 'machine a login b password abcdef'));
    expect(netrc).toMatchObject({ excerpt: '… (6 characters)' });
    expect(netrc).not.toHaveProperty('fingerprint');
  });

  it('marks what a Debian package brought unchanged, and its compiled Python', async () => {
    const source = `KEY = """${PKCS8}"""`;
    const hits = await hitsOf(
      fileEntry('usr/lib/python3/test/key.py', source),
      fileEntry('usr/lib/python3/test/__pycache__/key.cpython-313.pyc', Buffer.from(`\0${source}`)),
      fileEntry('usr/lib/python3/test/changed.py', source),
      fileEntry('etc/conf', token),
      fileEntry('etc/mine', token),
      fileEntry(
        'var/lib/dpkg/info/python3-test.md5sums',
        `${md5(source)}  usr/lib/python3/test/key.py\n${md5('x')}  usr/lib/python3/test/changed.py\n`,
      ),
      fileEntry('var/lib/dpkg/status', `Package: a\nConffiles:\n /etc/conf ${md5(token)}\n`),
    );
    expect(hits.filter(({ published }) => published).map(({ path }) => path)).toEqual([
      'usr/lib/python3/test/key.py',
      'usr/lib/python3/test/__pycache__/key.cpython-313.pyc',
      'etc/conf',
    ]);
    expect(hits).toHaveLength(5);
  });

  it('reads a layer once, and again only for a large file with a secret', async () => {
    const opened = async (content: string): Promise<[times: number, published: unknown]> => {
      const sums = fileEntry('var/lib/dpkg/info/a.md5sums', `${md5(content)}  usr/share/a\n`);
      const layer = layerOf([fileEntry('usr/share/a', content), sums]);
      let times = 0;
      const open = () => (times++, layer());
      const { hits } = valueOf(await secretsOfLayer(open));
      return [times, hits[0]?.published];
    };
    expect(await opened(token)).toEqual([1, true]);
    expect(await opened(`${token}${'\n'.repeat(16 * 1024 ** 2)}`)).toEqual([2, true]);
  });

  it('counts compressed files, which it does not open', async () => {
    const gzip = Buffer.from([0x1f, 0x8b, 8, 0]);
    const found = valueOf(
      await secretsOfLayer(layerOf([fileEntry('a.gz', gzip), fileEntry('b', 'PK\x03\x04')])),
    );
    expect(found).toEqual({ hits: [], unopened: 2 });
  });

  it('accepts names of any bytes, links and empty files', async () => {
    const path = '\xff\n../.netrc';
    const hits = await hitsOf(
      fileEntry(path, `machine a password ${token}`),
      symlinkEntry('l', '/'),
      fileEntry('e', ''),
    );
    expect(hits.map((hit) => hit.path)).toEqual([path]);
  });

  it('takes linear time for text that nearly matches', async () => {
    const starts = [
      '-----BEGIN PRIVATE KEY-----\n',
      'current-context: clusters: ',
      'eyJa.eyJ',
      'a://b:',
      '\n//a=',
      'AKIA',
      '"private_key":"',
    ];
    for (const start of starts) {
      const text = start.repeat(Math.ceil(MIB / start.length));
      const before = performance.now();
      await hitsOf(fileEntry('.npmrc', text));
      expect(performance.now() - before).toBeLessThan(5000);
    }
  });

  it('stops when it is aborted', async () => {
    const controller = new AbortController();
    const searched = secretsOfLayer(layerOf([zeros(40 * MIB), fileEntry('a', 'a')]), controller.signal);
    controller.abort();
    expect(codesOf(await searched)).toEqual(['aborted']);
  });

  it('fails if a file is shorter than its entry says', async () => {
    expect(codesOf(await secretsOfLayer(layerOf([{ ...fileEntry('a', 'a'), size: 5 }])))).toEqual([
      'truncated',
    ]);
  });

  /** A file whose pieces are as those of a file on disk. */
  function pieces(path: string, text: string): TarEntry {
    const bytes = Buffer.from(text);
    return { ...fileEntry(path, bytes), content: { kind: 'stream', open: () => chunks(bytes) } };
  }

  function zeros(size: number): TarEntry {
    return {
      ...fileEntry('zeros', ''),
      size,
      content: { kind: 'stream', open: () => chunks(Buffer.alloc(size)) },
    };
  }

  async function* chunks(bytes: Buffer): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += MIB) yield bytes.subarray(at, at + MIB);
  }
});

describe('the record of a layer', () => {
  it('is read again as it was', async () => {
    const found = valueOf(await secretsOfLayer(layerOf([fileEntry('a', PKCS8)])));
    expect(secretsOfRecord(JSON.parse(JSON.stringify(recordOfSecrets(found))))).toEqual(found);
  });

  it.each([
    ['of other rules', { rules: 'sha256:0' }],
    ['of another version', { secretsVersion: 2 }],
    ['without hits', { hits: undefined }],
    ['with an invalid hit', { hits: [{ rule: 'a' }] }],
  ])('%s does not count', (_what, change) => {
    expect(secretsOfRecord({ ...recordOfSecrets({ hits: [], unopened: 0 }), ...change })).toBeUndefined();
    expect(secretsOfRecord(undefined)).toBeUndefined();
  });
});

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { buildDeb } from './build-deb';
import { clearSign, signingKey, type KeyName } from './keys';
import { archOf, controlFields, versionOf, type FixturePackage } from './package';

/** How a fixture archive is made. Every field can be changed later by `republish`. */
export interface ArchiveContent {
  readonly suite: string;
  readonly packages: readonly FixturePackage[];
  /** By architecture, stanzas of packages whose .debs are elsewhere. */
  readonly lists?: Readonly<Partial<Record<(typeof ARCHES)[number], string>>>;
  /** Default: now. */
  readonly date?: Date;
  readonly validUntil?: Date;
  /** Keys that sign InRelease; empty: unsigned plain text. Default: the archive's own key. */
  readonly signedBy?: readonly KeyName[];
  /** Replaces the suite's name in Release. */
  readonly claimedSuite?: string;
  /** Changes InRelease after it was signed. */
  readonly alterRelease?: (text: string) => string;
  /** Changes a Packages file after its hash went into Release. */
  readonly alterPackages?: (content: Buffer) => Buffer;
  /** Default true. */
  readonly byHash?: boolean;
  /** Default xz and gz. */
  readonly indexes?: readonly ('xz' | 'gz' | 'none')[];
}

const ARCHES = ['amd64', 'arm64'] as const;

/** Every file of the archive by its path below the base address. */
export async function publishArchive(content: ArchiveContent): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const stanzas = await Promise.all(content.packages.map((fixture) => addDeb(fixture, files)));
  const dists = `dists/${content.suite}`;
  const sums: string[] = [];
  for (const arch of ARCHES) {
    const of = stanzas.filter(({ fixture }) => ['all', arch].includes(archOf(fixture)));
    const packages = Buffer.from(of.map(({ text }) => `${text}\n`).join('') + (content.lists?.[arch] ?? ''));
    for (const [name, bytes] of await indexFiles(packages, content)) {
      const path = `main/binary-${arch}/${name}`;
      const sha256 = sha256Of(bytes);
      const served = content.alterPackages?.(bytes) ?? bytes;
      files.set(`${dists}/${path}`, served);
      files.set(`${dists}/main/binary-${arch}/by-hash/SHA256/${sha256}`, served);
      sums.push(` ${sha256} ${bytes.length} ${path}`);
    }
  }
  files.set(`${dists}/InRelease`, Buffer.from(await inRelease(content, sums)));
  return files;
}

/** Returns the path of a fixture package's .deb. */
export function debPath(fixture: FixturePackage): string {
  const version = versionOf(fixture).replace(/^\d+:/, '');
  return `pool/main/${fixture.name}_${version}_${archOf(fixture)}.deb`;
}

async function addDeb(
  fixture: FixturePackage,
  files: Map<string, Buffer>,
): Promise<{ fixture: FixturePackage; text: string }> {
  const deb = await buildDeb(fixture);
  files.set(debPath(fixture), deb);
  const fields: [string, string][] = [
    ...controlFields(fixture),
    ['Filename', debPath(fixture)],
    ['Size', String(deb.length)],
    ['SHA256', sha256Of(deb)],
  ];
  return { fixture, text: fields.map(([name, value]) => `${name}: ${value}\n`).join('') };
}

async function indexFiles(packages: Buffer, content: ArchiveContent): Promise<[string, Buffer][]> {
  const { compress } = await import('@napi-rs/lzma/xz');
  const kinds = content.indexes ?? ['xz', 'gz'];
  return Promise.all(
    kinds.map(async (kind): Promise<[string, Buffer]> => {
      if (kind === 'none') return ['Packages', packages];
      return [`Packages.${kind}`, kind === 'xz' ? await compress(packages) : gzipSync(packages)];
    }),
  );
}

async function inRelease(content: ArchiveContent, sums: readonly string[]): Promise<string> {
  const date = content.date ?? new Date();
  const claimed = content.claimedSuite ?? content.suite;
  const text = [
    'Origin: Fixture',
    'Label: Fixture',
    `Suite: ${claimed}`,
    `Codename: ${claimed}`,
    `Date: ${dateField(date)}`,
    ...(content.validUntil ? [`Valid-Until: ${dateField(content.validUntil)}`] : []),
    ...(content.byHash === false ? [] : ['Acquire-By-Hash: yes']),
    `Architectures: all ${ARCHES.join(' ')}`,
    'Components: main',
    'SHA256:',
    ...sums,
    '',
  ].join('\n');
  const keys = await Promise.all((content.signedBy ?? ['trusted']).map(signingKey));
  const signed = keys.length === 0 ? text : await clearSign(text, keys, date);
  return content.alterRelease?.(signed) ?? signed;
}

function dateField(date: Date): string {
  return date.toUTCString().replace('GMT', 'UTC');
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

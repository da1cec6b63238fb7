import { describe, expect, it } from 'vitest';
import { openArchive, type ArchiveSource } from '../src';
import { createArchive, type ArchiveContent, type FixtureArchive, signingKey } from '@image-tooling/testkit';
import { shortTimeouts, quietContext, shown } from './support';

const DATE = new Date('2026-03-01T10:00:00Z');
const NOW = new Date('2026-03-02T10:00:00Z');
const NORMAL: Partial<ArchiveContent> = {
  packages: [{ name: 'hello', version: '2.0', files: { 'usr/bin/hello': 'hi' } }],
  date: DATE,
  validUntil: new Date('2026-03-08T10:00:00Z'),
};

const NOWHERE: ArchiveSource = { mirrors: [], trustedKeys: [] };

async function openWith(
  changes: Partial<ArchiveContent>,
  now = NOW,
  prepare: (archive: FixtureArchive) => Partial<ArchiveSource> = () => ({}),
) {
  const archive = await createArchive({ ...NORMAL, ...changes });
  try {
    const archives = { fixture: { ...archive.source, ...prepare(archive) } };
    const request = { archives, suites: [archive.suite], now, http: shortTimeouts() };
    return await openArchive({ ...request, arches: ['amd64', 'arm64'] }, quietContext());
  } finally {
    await archive.stop();
  }
}

describe('a valid archive', () => {
  it('has releases, a time and packages', async () => {
    const state = await openWith({});
    if (!state.ok) throw new Error(shown(state));
    expect(state.value.time).toBe(DATE.getTime() / 1000);
    expect(state.value.releases).toEqual([
      {
        archive: 'fixture',
        suite: 'stable',
        date: state.value.time,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
    ]);
    const [hello] = state.value.packages('arm64').byName.get('hello') ?? [];
    expect(hello).toMatchObject({ name: 'hello', version: '2.0', architecture: 'all', archive: 'fixture' });
    expect(hello?.raw).toContain(
      "Description: Fixture package hello\n A package of the test kit's own archive.",
    );
  });

  it.each<[string, Partial<ArchiveContent>, RegExp]>([
    ['by hash', { byHash: true }, /by-hash\/SHA256/],
    ['by name', { byHash: false }, /binary-amd64\/Packages\.xz$/],
    ['gz only', { byHash: false, indexes: ['gz'] }, /binary-amd64\/Packages\.gz$/],
    ['not packed', { byHash: false, indexes: ['none'] }, /binary-amd64\/Packages$/],
  ])('whose lists are %s', async (_, changes, asked) => {
    let requests: string[] = [];
    expect(
      shown(
        await openWith(changes, NOW, (archive) => {
          requests = archive.requests;
          return {};
        }),
      ),
    ).toBe('ok');
    expect(requests.some((path) => asked.test(path))).toBe(true);
  });

  it('may have a signature by an unknown key next to its own', async () => {
    expect(shown(await openWith({ signedBy: ['stranger', 'trusted'] }))).toBe('ok');
  });

  it('is read from the second mirror when the first is down', async () => {
    const twoMirrors = ({ url }: FixtureArchive) => ({ mirrors: ['http://127.0.0.1:9', url] });
    expect(shown(await openWith({}, NOW, twoMirrors))).toBe('ok');
  });
});

describe('an InRelease that is refused', () => {
  it('unsigned', async () => {
    expect(shown(await openWith({ signedBy: [] }))).toMatchInlineSnapshot(`
      "[release-unsigned] The InRelease of fixture stable is not signed; a file clear-signed by the archive was expected.
      -> Use a mirror with the original InRelease file."
    `);
  });

  it('signed by an unknown key', async () => {
    expect(shown(await openWith({ signedBy: ['stranger'] }))).toMatchInlineSnapshot(`
      "[release-wrong-key] The InRelease of fixture stable is signed by a key that this workspace does not trust.
      -> If the archive has a new key, check its fingerprint and add it to trust/ (see trust/README.md).
      key KEYID: not among the trusted keys that are valid today"
    `);
  });

  it('altered after it was signed', async () => {
    const alterRelease = (text: string) => text.replace('Label: Fixture', 'Label: Fakture');
    expect(shown(await openWith({ alterRelease }))).toMatchInlineSnapshot(`
      "[release-altered] The InRelease of fixture stable was altered: the signature does not fit the text.
      -> Do not use this mirror until you know who changed the file.
      key KEYID: Signed digest did not match"
    `);
  });

  it('without its signature', async () => {
    const alterRelease = (text: string) => text.slice(0, text.indexOf('-----BEGIN PGP SIGNATURE-----'));
    expect(shown(await openWith({ alterRelease }))).toMatchInlineSnapshot(`
      "[release-altered] The signature of the InRelease of fixture stable can't be read.
      -> Run the lock target again; if it fails again, use another mirror.
      Misformed armored text"
    `);
  });

  it('with lines inserted before the signed part', async () => {
    const alterRelease = (text: string) => `SHA256:\n${text}`;
    expect(shown(await openWith({ alterRelease }))).toMatchInlineSnapshot(`
      "[release-unsigned] The InRelease of fixture stable is not signed; a file clear-signed by the archive was expected.
      -> Use a mirror with the original InRelease file."
    `);
  });

  it('expired', async () => {
    expect(shown(await openWith({}, new Date('2026-03-08T10:00:01Z')))).toMatchInlineSnapshot(`
      "[release-expired] The InRelease of fixture stable was valid until 2026-03-08T10:00:00Z; it is now 2026-03-08T10:00:01Z.
      -> Use a mirror that is kept up to date, and check this machine's clock."
    `);
  });

  it('dated in the future', async () => {
    expect(shown(await openWith({}, new Date('2026-03-01T09:00:00Z')))).toMatchInlineSnapshot(`
      "[release-future] The InRelease of fixture stable is dated 2026-03-01T10:00:00Z, which is in the future: it is now 2026-03-01T09:00:00Z.
      -> Set this machine's clock."
    `);
  });

  it('signed by a key that has expired since', async () => {
    const { publicKey } = await signingKey('expired');
    const changes = { date: new Date('2020-01-01T12:00:00Z'), signedBy: ['expired'] } as const;
    const trust = () => ({ trustedKeys: [publicKey] });
    expect(shown(await openWith(changes, new Date('2020-01-01T13:00:00Z'), trust))).toBe('ok');
    expect(shown(await openWith({ ...changes, validUntil: undefined }, NOW, trust))).toMatchInlineSnapshot(`
      "[release-wrong-key] The InRelease of fixture stable is signed by a key that this workspace does not trust.
      -> If the archive has a new key, check its fingerprint and add it to trust/ (see trust/README.md).
      key KEYID: not among the trusted keys that are valid today"
    `);
  });

  it('of another suite', async () => {
    expect(shown(await openWith({ claimedSuite: 'oldstable' }))).toMatchInlineSnapshot(`
      "[release-wrong-suite] The InRelease of fixture stable is for another suite: expected "stable", got suite "oldstable", codename "oldstable".
      -> Use another mirror: this one serves a suite under the name of another."
    `);
  });

  it('of another suite and expired: both are reported', async () => {
    const result = await openWith({ claimedSuite: 'oldstable' }, new Date('2027-01-01T00:00:00Z'));
    expect(result).toMatchObject({
      failures: [{ code: 'release-wrong-suite' }, { code: 'release-expired' }],
    });
  });

  it('of an archive that has no mirror', async () => {
    expect(shown(await openWith({}, NOW, () => ({ mirrors: [] })))).toMatchInlineSnapshot(`
      "[usage] The archive "fixture" has no mirror.
      -> To use another mirror, write in nx.json, in the options of "@image-tooling/nx": "debian": { "mirrors": { "fixture": ["https://mirror.example/fixture"] } }"
    `);
  });

  it('absent', async () => {
    const absent = (archive: FixtureArchive) => {
      archive.fault({ path: /InRelease/, fault: { kind: 'status', status: 404 } });
      return {};
    };
    expect(shown(await openWith({}, NOW, absent))).toMatchInlineSnapshot(`
      "[gone] InRelease of fixture stable could not be fetched: no server has it.
      -> Check whether the archive has the suite "stable". To use another mirror, write in nx.json, in the options of "@image-tooling/nx": "debian": { "mirrors": { "fixture": ["https://mirror.example/fixture"] } }
      http://127.0.0.1:PORT/dists/stable/InRelease: HTTP 404 Not Found"
    `);
  });
});

describe('package lists that are refused', () => {
  it('tampered with', async () => {
    const alterPackages = (content: Buffer) =>
      Buffer.from(content.map((byte, at) => (at === 40 ? byte ^ 1 : byte)));
    expect(shown(await openWith({ alterPackages, indexes: ['gz'] }))).toMatchInlineSnapshot(`
      "[checksum] main/binary-amd64/Packages.gz of fixture stable could not be fetched: its checksum differs from the expected one.
      -> The file was changed on the way, or a mirror is damaged: try another one.
      http://127.0.0.1:PORT/dists/stable/main/binary-amd64/by-hash/SHA256/SHA256: expected sha256 SHA256, got SHA256

      [checksum] main/binary-arm64/Packages.gz of fixture stable could not be fetched: its checksum differs from the expected one.
      -> The file was changed on the way, or a mirror is damaged: try another one.
      http://127.0.0.1:PORT/dists/stable/main/binary-arm64/by-hash/SHA256/SHA256: expected sha256 SHA256, got SHA256"
    `);
  });

  it('absent for a component', async () => {
    const archive = await createArchive(NORMAL);
    const request = { archives: { fixture: archive.source }, suites: [archive.suite], now: NOW };
    const result = await openArchive(
      { ...request, components: ['contrib'], arches: ['amd64'], http: shortTimeouts() },
      quietContext(),
    );
    await archive.stop();
    expect(shown(result)).toMatchInlineSnapshot(`
      "[archive-format] The InRelease of fixture stable does not list contrib/binary-amd64/Packages.
      -> It has the components main. Choose suites, components and platforms that the archive has."
    `);
  });

  it('of an archive that is not configured', async () => {
    const suites = [{ archive: 'elsewhere', suite: 'stable' }];
    const http = shortTimeouts();
    const request = { archives: { fixture: NOWHERE }, suites, arches: ['amd64'] as const, http };
    expect(shown(await openArchive(request, quietContext()))).toMatchInlineSnapshot(`
      "[unknown-reference] The suite "stable" names the archive "elsewhere", which is not configured.
      -> Add it under "debian": { "archives": … } in nx.json. Configured are: fixture."
    `);
  });
});

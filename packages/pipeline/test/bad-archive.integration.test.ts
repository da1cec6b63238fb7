import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createArchive,
  createRig,
  steady,
  type FixtureArchive,
  type WorkspaceRig,
} from '@image-tooling/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const HOUR = 3_600_000;
/** Short enough for a test, long enough for a busy machine. */
const SHORT_TIMEOUTS = { IMAGE_HTTP_TIMEOUT_SECONDS: '1', IMAGE_HTTP_TRIES: '2' };

let archive: FixtureArchive;
let rig: WorkspaceRig;

beforeAll(async () => {
  archive = await createArchive({ packages: [{ name: 'apt' }] });
});
afterAll(() => archive.stop());

/** Our archive is the only one: no suite of Debian's is called `none`. */
beforeEach(async () => {
  rig = await createRig({ archives: [archive], options: { debian: { suites: ['none'] } } });
  await rig.write('images/base/image.json', {
    description: 'A base',
    from: { debian: 'trixie' },
    packages: ['fixture-helo', 'curl'],
    platforms: ['linux/amd64'],
  });
});
afterEach(async () => {
  await rig.remove();
  archive.heal();
  await archive.start();
  await archive.republish({
    date: new Date(),
    validUntil: undefined,
    signedBy: ['trusted'],
    alterRelease: undefined,
  });
});

/** Returns the output of a lock that must fail, and leave nothing. */
async function seen(): Promise<string> {
  const { exitCode, stderr } = await rig.run(['lock', 'base'], SHORT_TIMEOUTS);
  expect(exitCode).toBe(1);
  expect(await readdir(join(rig.folder, 'images'), { recursive: true })).toEqual(['base', 'base/image.json']);
  expect(await readdir(join(rig.store, 'tmp'))).toEqual([]);
  return steady(stderr, rig);
}

describe('lock reports of an archive that', () => {
  it('it lacks packages', async () => {
    expect(await seen()).toMatchInlineSnapshot(`
      "error: There is no package "fixture-helo" in the archive. (package-not-found)
        images/base/image.json:7:5
          6 |   "packages": [
          7 |     "fixture-helo",
            |     ^^^^^^^^^^^^^^ no such package
        help: Look the name up with "apt-cache search", and correct it in image.json.

      error: There is no package "curl" in the archive. (package-not-found)
        images/base/image.json:8:5
          7 |     "fixture-helo",
          8 |     "curl"
            |     ^^^^^^ no such package
        help: Look the name up with "apt-cache search", and correct it in image.json.

      2 errors in one file
      "
    `);
  });

  it('its InRelease has expired', async () => {
    const date = new Date(Date.UTC(2026, 0, 1));
    await archive.republish({ date, validUntil: new Date(date.getTime() + HOUR) });
    expect(await seen()).toMatchInlineSnapshot(`
      "error: The InRelease of fixture stable was valid until <timestamp>; it is now <timestamp>. (release-expired)
        help: Use a mirror that is kept up to date, and check this machine's clock.
      "
    `);
  });

  it('its InRelease is not signed', async () => {
    await archive.republish({ signedBy: [] });
    expect(await seen()).toMatchInlineSnapshot(`
      "error: The InRelease of fixture stable is not signed; a file clear-signed by the archive was expected. (release-unsigned)
        help: Use a mirror with the original InRelease file.
      "
    `);
  });

  it('its InRelease is signed by an unknown key', async () => {
    await archive.republish({ signedBy: ['stranger'] });
    expect(await seen()).toMatchInlineSnapshot(`
      "error: The InRelease of fixture stable is signed by a key that this workspace does not trust. (release-wrong-key)
        key <id>: not among the trusted keys that are valid today
        help: If the archive has a new key, check its fingerprint and add it to trust/ (see trust/README.md).
      "
    `);
  });

  it('its InRelease was altered after it was signed', async () => {
    await archive.republish({ alterRelease: (text) => text.replace('Origin: Fixture', 'Origin: Somebody') });
    expect(await seen()).toMatchInlineSnapshot(`
      "error: The InRelease of fixture stable was altered: the signature does not fit the text. (release-altered)
        key <id>: Signed digest did not match
        help: Do not use this mirror until you know who changed the file.
      "
    `);
  });

  it('its package list does not match InRelease', async () => {
    archive.fault({ path: /Packages|by-hash/, fault: { kind: 'alter' } });
    expect(await seen()).toMatchInlineSnapshot(`
      "error: main/binary-amd64/Packages.xz of fixture stable could not be fetched: its checksum differs from the expected one. (checksum)
        http://127.0.0.1:<port>/dists/stable/main/binary-amd64/by-hash/SHA256/<sha256>: expected sha256 <sha256>, got <sha256>
        help: The file was changed on the way, or a mirror is damaged: try another one.
      "
    `);
  });

  it('it has no such file: 404', async () => {
    archive.fault({ path: /InRelease/, fault: { kind: 'status', status: 404 } });
    expect(await seen()).toMatchInlineSnapshot(`
      "error: InRelease of fixture stable could not be fetched: no server has it. (gone)
        http://127.0.0.1:<port>/dists/stable/InRelease: HTTP 404 Not Found
        help: Check whether the archive has the suite "stable". To use another mirror, write in nx.json, in the options of "@image-tooling/nx": "debian": { "mirrors": { "fixture": ["https://mirror.example/fixture"] } }
      "
    `);
  });

  it('its server has an error: 500', async () => {
    archive.fault({ path: /InRelease/, fault: { kind: 'status', status: 500 } });
    expect(await seen()).toMatchInlineSnapshot(`
      "error: InRelease of fixture stable could not be fetched: the server answered with an error. (http-status)
        http://127.0.0.1:<port>/dists/stable/InRelease: HTTP 500 Internal Server Error; tried 2 times
        help: Run the command again later; if it fails again, check that this machine may read the address. To use another mirror, write in nx.json, in the options of "@image-tooling/nx": "debian": { "mirrors": { "fixture": ["https://mirror.example/fixture"] } }
      "
    `);
  });

  it('its server cuts connections', async () => {
    archive.fault({ path: /InRelease/, fault: { kind: 'reset' } });
    expect(await seen()).toMatchInlineSnapshot(`
      "error: InRelease of fixture stable could not be fetched: the connection failed. (network)
        http://127.0.0.1:<port>/dists/stable/InRelease: closed the connection; tried 2 times
        help: Check the network and the proxy, then run the command again: finished downloads are kept. To use another mirror, write in nx.json, in the options of "@image-tooling/nx": "debian": { "mirrors": { "fixture": ["https://mirror.example/fixture"] } }
      "
    `);
  });

  it('its server hangs', async () => {
    archive.fault({ path: /InRelease/, fault: { kind: 'hang' } });
    expect(await seen()).toMatchInlineSnapshot(`
      "error: InRelease of fixture stable could not be fetched: no server answered in time. (timeout)
        http://127.0.0.1:<port>/dists/stable/InRelease: gave no answer within <time>; tried 2 times
        help: Check the network and the proxy, then run the command again: finished downloads are kept. To use another mirror, write in nx.json, in the options of "@image-tooling/nx": "debian": { "mirrors": { "fixture": ["https://mirror.example/fixture"] } }
      "
    `);
  });

  it('its server stops in the middle of a file', async () => {
    archive.fault({ path: /Packages|by-hash/, fault: { kind: 'hang', afterBytes: 10 } });
    expect(await seen()).toMatchInlineSnapshot(`
      "error: main/binary-amd64/Packages.xz of fixture stable could not be fetched: no server answered in time. (timeout)
        http://127.0.0.1:<port>/dists/stable/main/binary-amd64/by-hash/SHA256/<sha256>: sent no byte for <time> after 10 bytes of the answer; tried 2 times
        help: Check the network and the proxy, then run the command again: finished downloads are kept. To use another mirror, write in nx.json, in the options of "@image-tooling/nx": "debian": { "mirrors": { "fixture": ["https://mirror.example/fixture"] } }
      "
    `);
  });

  it('its server is not running', async () => {
    await archive.stop();
    expect(await seen()).toMatchInlineSnapshot(`
      "error: InRelease of fixture stable could not be fetched: the connection failed. (network)
        http://127.0.0.1:<port>/dists/stable/InRelease: refused the connection; tried 2 times
        help: Check the network and the proxy, then run the command again: finished downloads are kept. To use another mirror, write in nx.json, in the options of "@image-tooling/nx": "debian": { "mirrors": { "fixture": ["https://mirror.example/fixture"] } }
      "
    `);
  });
});

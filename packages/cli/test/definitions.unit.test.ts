import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestHost } from './host';

const BASE = { description: 'A base', from: { debian: 'trixie' }, platforms: ['linux/amd64'] };
const CHILD = { description: 'A child', from: { image: 'base' }, platforms: ['linux/amd64'] };
const DEB = {
  name: 'curl',
  version: '8.14.1-2',
  architecture: 'amd64',
  archive: 'debian',
  path: 'pool/main/c/curl/curl_8.14.1-2_amd64.deb',
  size: 1,
  sha256: 'a'.repeat(64),
};
const PLATFORM = 'linux/amd64';

let host: TestHost;

beforeEach(() => {
  host = new TestHost();
  host.write('nx.json', {});
  host.write('images/base/image.json', BASE);
});
afterEach(() => host.remove());

/** Returns what a command prints that must fail, and write nothing. */
async function seen(...args: string[]): Promise<string> {
  const before = files();
  const { exitCode, stdout, stderr } = await host.run(...args);
  expect({ exitCode, stdout, files: files() }).toEqual({ exitCode: 1, stdout: '', files: before });
  return stderr;
}

const files = () =>
  ['images', 'tools', 'store/tmp'].flatMap((folder) => {
    try {
      return readdirSync(join(host.folder, folder), { recursive: true }).map(String).sort();
    } catch {
      return [];
    }
  });

const lockOf = (deb: object, more: object = {}) => ({
  lockVersion: 1,
  platforms: { [PLATFORM]: { time: 1, packages: [deb], ...more } },
});

describe('a definition that is wrong', () => {
  it('malformed JSON', async () => {
    host.write(
      'images/base/image.json',
      '{\n  "description": "A base"\n  "from": { "debian": "trixie" },\n}\n',
    );
    expect(await seen('build', 'base')).toMatchInlineSnapshot(`
      "error: Invalid JSON: expected a comma before this. (json-syntax)
        images/base/image.json:3:3
          2 |   "description": "A base"
          3 |   "from": { "debian": "trixie" },
            |   ^^^^^^ expected a comma before this

      error: Invalid JSON: no comma may follow the last entry. (json-syntax)
        images/base/image.json:3:33
          2 |   "description": "A base"
          3 |   "from": { "debian": "trixie" },
            |                                 ^ no comma may follow the last entry
        help: Remove the comma.

      2 errors in one file
      "
    `);
  });

  it('unknown key', async () => {
    host.write('images/base/image.json', { ...BASE, packges: ['curl'] });
    expect(await seen('build', 'base')).toMatchInlineSnapshot(`
      "error: Unknown key "packges". (schema)
        images/base/image.json:9:3
          8 |   ],
          9 |   "packges": [
            |   ^^^^^^^^^ unknown key; did you mean "packages"?
        help: Write "packages", or remove it.
      "
    `);
  });

  it('wrong type', async () => {
    host.write('images/base/image.json', { ...BASE, packages: 'curl' });
    expect(await seen('lock', 'base')).toMatchInlineSnapshot(`
      "error: "packages": expected a list […], got a text. (schema)
        images/base/image.json:9:15
          8 |   ],
          9 |   "packages": "curl"
            |               ^^^^^^ expected a list […], got a text
      "
    `);
  });

  it('unknown parent', async () => {
    host.write('images/child/image.json', { ...CHILD, from: { image: 'bas' } });
    expect(await seen('build', 'child')).toMatchInlineSnapshot(`
      "error: The image "child" is based on "bas", but there is no such image. (unknown-reference)
        images/child/image.json:4:14
          3 |   "from": {
          4 |     "image": "bas"
            |              ^^^^^ no such image
        help: Did you mean "base"?
      "
    `);
  });

  it('cycle', async () => {
    host.write('images/base/image.json', { ...BASE, from: { image: 'child' } });
    host.write('images/child/image.json', CHILD);
    expect(await seen('build', 'child')).toMatchInlineSnapshot(`
      "error: These images are based on each other: base → child → base. (cycle)
        images/base/image.json:4:14
          3 |   "from": {
          4 |     "image": "child"
            |              ^^^^^^^ part of the cycle
        help: Base one of them on Debian, or on an image outside of the cycle.
      "
    `);
  });

  it('wrong options in nx.json', async () => {
    const options = { compression: 'brotli', debian: { mirror: 'x' } };
    host.write('nx.json', { plugins: [{ plugin: '@image-tooling/nx', options }] });
    expect(await seen('build', 'base')).toMatchInlineSnapshot(`
      "error: "compression": expected "zstd" or "gzip". (schema)
        nx.json:6:24
          5 |       "options": {
          6 |         "compression": "brotli",
            |                        ^^^^^^^^ expected "zstd" or "gzip"

      error: Unknown key "mirror" in "debian". (schema)
        nx.json:8:11
          7 |         "debian": {
          8 |           "mirror": "x"
            |           ^^^^^^^^ unknown key; did you mean "mirrors"?
        help: Write "mirrors", or remove it.

      2 errors in one file
      "
    `);
  });

  it('several mistakes in several files are all reported in one run', async () => {
    host.write('images/base/image.json', { ...BASE, packges: ['curl'], platforms: ['linux/amd46'] });
    host.write('images/child/image.json', { ...CHILD, from: { image: 'bas' }, tools: ['kubctl'] });
    host.write('images/other/image.json', '{ "description": "X", }');
    host.write('tools/kubectl/tool.json', { description: 'X', version: 'v1' });
    expect(await seen('build', 'base')).toMatchInlineSnapshot(`
      "error: "platforms[0]": expected "linux/amd64" or "linux/arm64"; did you mean "linux/amd64"? (schema)
        images/base/image.json:7:5
          6 |   "platforms": [
          7 |     "linux/amd46"
            |     ^^^^^^^^^^^^^ expected "linux/amd64" or "linux/arm64"; did you mean "linux/amd64"?

      error: Unknown key "packges". (schema)
        images/base/image.json:9:3
          8 |   ],
          9 |   "packges": [
            |   ^^^^^^^^^ unknown key; did you mean "packages"?
        help: Write "packages", or remove it.

      error: The key "from" is missing. (schema)
        images/other/image.json:1:1
          1 | { "description": "X", }
            | ^ "from" is missing
        help: Add "from": what the image is based on: one of "image", "debian", "registry".

      error: Invalid JSON: no comma may follow the last entry. (json-syntax)
        images/other/image.json:1:21
          1 | { "description": "X", }
            |                     ^ no comma may follow the last entry
        help: Remove the comma.

      error: The key "homepage" is missing. (schema)
        tools/kubectl/tool.json:1:1
          1 | {
            | ^ "homepage" is missing
        help: Add "homepage": its website or documentation.

      error: The key "license" is missing. (schema)
        tools/kubectl/tool.json:1:1
          1 | {
            | ^ "license" is missing
        help: Add "license": its licence, as an SPDX expression.

      error: The key "sources" is missing. (schema)
        tools/kubectl/tool.json:1:1
          1 | {
            | ^ "sources" is missing
        help: Add "sources": sources of the tool. "toolSource" in nx.json decides which one is used.

      error: "version": expected a version without a leading "v" ("1.36.4"). (schema)
        tools/kubectl/tool.json:3:14
          2 |   "description": "X",
          3 |   "version": "v1"
            |              ^^^^ expected a version without a leading "v" ("1.36.4")

      error: The image "child" is based on "bas", but there is no such image. (unknown-reference)
        images/child/image.json:4:14
          3 |   "from": {
          4 |     "image": "bas"
            |              ^^^^^ no such image
        help: Write images/bas/image.json, or remove the name here.

      error: The image "child" lists the tool "kubctl", but there is no such tool. (unknown-reference)
        images/child/image.json:10:5
           9 |   "tools": [
          10 |     "kubctl"
             |     ^^^^^^^^ no such tool
        help: Write tools/kubctl/tool.json, or remove the name here.

      10 errors in 4 files
      "
    `);
  });
});

describe('a lock that is wrong', () => {
  it('missing', async () => {
    expect(await seen('build', 'base')).toMatchInlineSnapshot(`
      "error: The image "base" has no lock. (lock-missing)
        images/base/image.json
        help: Run "npx nx run base:lock" and commit what it writes.
      "
    `);
  });

  it('edited sha256', async () => {
    host.write('images/base/lock.json', lockOf({ ...DEB, sha256: 'abc' }, { bootstrap: [DEB] }));
    expect(await seen('build', 'base')).toMatchInlineSnapshot(`
      "error: "platforms.linux/amd64.packages[0].sha256": expected 64 lower-case hexadecimal digits. (lock-tampered)
        images/base/lock.json:14:21
          13 |           "size": 1,
          14 |           "sha256": "abc"
             |                     ^^^^^ expected 64 lower-case hexadecimal digits
        help: Locks are written by the lock target only: restore the file from git, or run "npx nx run base:lock".
      "
    `);
  });

  it('extra key', async () => {
    host.write(
      'images/base/lock.json',
      lockOf({ ...DEB, url: 'https://evil.invalid' }, { bootstrap: [DEB] }),
    );
    expect(await seen('build', 'base')).toMatchInlineSnapshot(`
      "error: Unknown key "url" in "platforms.linux/amd64.packages[0]". (lock-tampered)
        images/base/lock.json:15:11
          14 |           "sha256": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
          15 |           "url": "https://evil.invalid"
             |           ^^^^^ unknown key
        help: Locks are written by the lock target only: restore the file from git, or run "npx nx run base:lock".
      "
    `);
  });

  it('stale: packages were added since', async () => {
    host.write('images/base/image.json', { ...BASE, packages: ['curl', 'git'] });
    host.write(
      'images/base/lock.json',
      lockOf(DEB, { bootstrap: [{ ...DEB, name: 'dpkg' }], requested: ['curl'] }),
    );
    expect(await seen('build', 'base')).toMatchInlineSnapshot(`
      "error: The lock of "base" is older than its definition: the package "git" is not in it. (lock-stale)
        images/base/image.json:11:5
          10 |     "curl",
          11 |     "git"
             |     ^^^^^ not locked
        help: Run "npx nx run base:lock" and commit what it writes.
      "
    `);
  });
});

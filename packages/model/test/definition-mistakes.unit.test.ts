import { describe, expect, it } from 'vitest';
import { parseArchiveLock, parseImage, parseImageLock, parseTool, parseToolLock } from '../src';
import { codesOf, pretty, shown, TOOL } from './definitions-fixtures';

const IMAGE = { description: 'X', from: { image: 'base' } };
const image = (members: object) => parseImage('images/x/image.json', pretty({ ...IMAGE, ...members }));
const tool = (members: object) => parseTool('tools/x/tool.json', pretty({ ...TOOL, ...members }));
const release = (members: object) =>
  tool({
    sources: { release: { url: 'https://tool.invalid/{version}', files: { x: 'bin/x' }, ...members } },
  });

describe('mistakes in image.json', () => {
  it.each<[string, object]>([
    ['unknown key', { packges: ['curl'] }],
    ['unknown key like no other', { zzzzzz: 1 }],
    ['key missing', { description: undefined }],
    ['wrong type', { packages: 'curl' }],
    ['null', { tools: null }],
    ['wrong type in a list', { tools: ['a', 3] }],
    ['empty text', { description: '' }],
    ['from: a text', { from: 'base' }],
    ['from: misspelt', { from: { imag: 'base' } }],
    ['from: two at once', { from: { image: 'base', debian: 'trixie' } }],
    ['from: nothing', { from: {} }],
    ['from: registry by tag', { from: { registry: 'registry.invalid/base:1' } }],
    ['package with a version', { packages: ['curl=8.0'] }],
    ['tool in capitals', { tools: ['K9S'] }],
    ['twice in a list', { packages: ['curl', 'git', 'curl'] }],
    ['unknown platform', { platforms: ['linux/amd46'] }],
    ['no platform', { platforms: [] }],
    ['files outside of the folder', { files: '../base/rootfs' }],
    ['mode as a number', { directories: [{ path: '/work', mode: 1777 }] }],
    ['mode of three digits', { directories: [{ path: '/work', mode: '755' }] }],
    ['relative folder', { directories: [{ path: 'work', mode: '0755' }] }],
    ['path with ..', { modes: { '/etc/../x': '0600' } }],
    ['user number out of range', { users: [{ name: 'toolbox', uid: 70000, home: '/home/toolbox' }] }],
    ['user without a home', { users: [{ name: 'toolbox', uid: 1000 }] }],
    ['environment variable', { config: { env: { '1A': 'x' } } }],
    ['environment variable of another type', { config: { env: { A: 1 } } }],
    ['port', { config: { exposedPorts: ['http'] } }],
    ['budget without unit', { budget: { compressed: '400' } }],
    ['budget of no time', { budget: { entrySeconds: 0 } }],
    ['setuid file by a relative path', { setuid: ['usr/bin/ping'] }],
    ['omit with a relative path', { omit: ['usr/share/doc/*'] }],
    ['check of neither kind', { checks: [{}] }],
    ['check of both kinds', { checks: [{ run: ['a'], file: '/a' }] }],
    ['check misspelt', { checks: [{ ru: ['a'] }] }],
    ['check with an empty command', { checks: [{ run: [] }] }],
    ['check with a wrong pattern', { checks: [{ run: ['a'], stdout: '(' }] }],
    ['check without time', { checks: [{ run: ['a'], timeoutSeconds: 0 }] }],
  ])('%s', (_, members) => {
    const result = image(members);
    expect(result.ok).toBe(false);
    expect(shown(result)).toMatchSnapshot();
  });

  it('reports all of them at once, in the order of the file', () => {
    const text = pretty({
      packges: [],
      from: { debian: 'trixie' },
      tools: ['a', 'a', 3],
      config: { user: 4 },
      budget: { compressed: '1' },
    });
    expect(shown(parseImage('images/x/image.json', text))).toMatchInlineSnapshot(`
      "error: The key "description" is missing. (schema)
        images/x/image.json:1:1
          1 | {
            | ^ "description" is missing
        help: Add "description": what the image is for, in one line. Shown by toolbox-help and in a label.

      error: Unknown key "packges". (schema)
        images/x/image.json:2:3
          1 | {
          2 |   "packges": [],
            |   ^^^^^^^^^ unknown key; did you mean "packages"?
        help: Write "packages", or remove it.

      error: "tools[1]": "a" is already in the list. (duplicate)
        images/x/image.json:8:5
          7 |     "a",
          8 |     "a",
            |     ^^^ "a" is already in the list
        help: Remove one of them.

      error: "tools[2]": expected a string in quotes, got the number 3. (schema)
        images/x/image.json:9:5
          8 |     "a",
          9 |     3
            |     ^ expected a string in quotes, got the number 3
        help: A tool of this workspace.

      error: "config.user": expected a string in quotes, got the number 4. (schema)
        images/x/image.json:12:13
          11 |   "config": {
          12 |     "user": 4
             |             ^ expected a string in quotes, got the number 4

      error: "budget.compressed": expected a size with its unit: KB, MB or GB ("400MB"). (schema)
        images/x/image.json:15:19
          14 |   "budget": {
          15 |     "compressed": "1"
             |                   ^^^ expected a size with its unit: KB, MB or GB ("400MB")

      6 errors in one file"
    `);
  });

  it('reports what is expected if the file is not an object', () => {
    expect(shown(parseImage('images/x/image.json', '[]'))).toMatchInlineSnapshot(`
      "error: The file: expected an object {…}, got a list. (schema)
        images/x/image.json:1:1
          1 | []
            | ^ expected an object {…}, got a list"
    `);
  });

  it('shows a piece of a long line', () => {
    const text = JSON.stringify({ ...IMAGE, examples: ['a'.repeat(120), ' b', 'c'.repeat(120)] });
    expect(shown(parseImage('images/x/image.json', text))).toMatchInlineSnapshot(`
      "error: "examples[1]": expected one line of text, without spaces at its ends and without control characters. (schema)
        images/x/image.json:1:179
          1 | …aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"," b","ccccccccccccccccccccccccccccccccccccccccccccc…
            |                                                   ^^^^ expected one line of text, without spaces at its ends and without control characters"
    `);
  });

  it('keeps the mark below what it marks after tabs, and with Windows line ends', () => {
    const text = '{\r\n\t"description":\t"X",\r\n\t"from":\t{ "debian": 13 }\r\n}\r\n';
    expect(shown(parseImage('images/x/image.json', text))).toMatchInlineSnapshot(`
      "error: "from.debian": expected a string in quotes, got the number 13. (schema)
        images/x/image.json:3:22
          2 |   "description":  "X",
          3 |   "from":  { "debian": 13 }
            |                        ^^ expected a string in quotes, got the number 13
        help: Its code name."
    `);
  });
});

describe('mistakes in tool.json', () => {
  it.each<[string, object]>([
    ['version with a v', { version: 'v1.2.3' }],
    ['version as a number', { version: 1.3 }],
    ['licence in words', { license: 'Apache License, version 2' }],
    ['homepage', { homepage: 'tool.invalid' }],
    ['no source', { sources: {} }],
    ['unknown source', { sources: { golang: {} } }],
    ['Go package', { sources: { go: { package: 'https://github.com/a/b' } } }],
    [
      'unknown placeholder in a flag',
      { sources: { go: { package: 'a.invalid/b', ldflags: ['-X v={versoin}'] } } },
    ],
    [
      'placeholder without a value in a flag',
      { sources: { go: { package: 'a.invalid/b', ldflags: ['{arch}'] } } },
    ],
    ['unknown placeholder in a check', { checks: [{ run: ['x'], stdout: 'v{Version}' }] }],
  ])('%s', (_, members) => {
    const result = tool(members);
    expect(result.ok).toBe(false);
    expect(shown(result)).toMatchSnapshot();
  });

  it.each<[string, object]>([
    ['address without https', { url: 'http://tool.invalid/x' }],
    ['unknown placeholder in the address', { url: 'https://tool.invalid/{os}' }],
    ['no file', { files: {} }],
    ['file outside of /usr/local', { files: { x: '../../bin/x' } }],
    ['unknown format', { format: 'tgz' }],
    ['unknown processor', { archNames: { x86: 'i386' } }],
    ['kind of file that nothing reads', { url: 'https://tool.invalid/x-{version}.tar.bz2' }],
    ['package of a system', { url: 'https://tool.invalid/x_{version}_{arch}.deb' }],
    [
      'several files of a single program',
      { url: 'https://tool.invalid/x', files: { x: 'bin/x', y: 'bin/y' } },
    ],
    ['link to outside of /usr/local', { links: { 'bin/x': '/opt/x' } }],
  ])('release: %s', (_, members) => {
    const result = release(members);
    expect(result.ok).toBe(false);
    expect(shown(result)).toMatchSnapshot();
  });
});

const DEB = {
  name: 'curl',
  version: '8.14.1-2',
  architecture: 'amd64',
  archive: 'debian',
  path: 'pool/main/c/curl/curl_8.14.1-2_amd64.deb',
  size: 1,
  sha256: 'a'.repeat(64),
};
const deb = (members: object) => ({ ...DEB, ...members });

describe('tampered locks', () => {
  const lock = (packages: object[]) =>
    parseImageLock(
      'images/x/lock.json',
      pretty({ lockVersion: 1, platforms: { 'linux/amd64': { time: 1, packages } } }),
    );

  it('accepts a valid one', () => {
    expect(shown(lock([DEB]))).toBe('no mistake');
  });

  it.each<[string, object]>([
    ['hash', { sha256: 'abc' }],
    ['path out of the archive', { path: '../../etc/passwd.deb' }],
    ['path from the root', { path: '/etc/x.deb' }],
    ['size', { size: -1 }],
    ['unknown keys', { url: 'https://evil.invalid' }],
  ])('%s', (_, members) => {
    const result = lock([deb(members)]);
    expect(codesOf(result)).toEqual(['lock-tampered']);
    expect(shown(result)).toMatchSnapshot();
  });

  it('refuses a lock of another version of this program', () => {
    const result = parseImageLock('images/x/lock.json', pretty({ lockVersion: 2, platforms: {} }));
    expect(shown(result)).toMatchInlineSnapshot(`
      "error: "lockVersion": expected 1. (lock-tampered)
        images/x/lock.json:2:18
          1 | {
          2 |   "lockVersion": 2,
            |                  ^ expected 1
        help: Locks are written by the lock target only: restore the file from git, or run "npx nx run x:lock"."
    `);
  });

  it('names the lock target of the project the file belongs to', () => {
    expect(shown(parseToolLock('tools/k9s/lock.json', pretty({ lockVersion: 1 })))).toMatchInlineSnapshot(`
      "error: The key "version" is missing. (lock-tampered)
        tools/k9s/lock.json:1:1
          1 | {
            | ^ "version" is missing
        help: Locks are written by the lock target only: restore the file from git, or run "npx nx run k9s:lock"."
    `);
    expect(shown(parseArchiveLock('images/archive.lock.json', pretty({ lockVersion: 1, time: 0 }))))
      .toMatchInlineSnapshot(`
        "error: The key "releases" is missing. (lock-tampered)
          images/archive.lock.json:1:1
            1 | {
              | ^ "releases" is missing
          help: It is written by the lock target only: restore it from git; in a merge conflict, keep the states of both sides."
      `);
  });
});

import { describe, expect, it } from 'vitest';
import {
  fileText,
  formatFailures,
  parseImage,
  parseImageLock,
  parseWorkspaceOptions,
  readWorkspace,
} from '../src';
import { shown } from './definitions-fixtures';

const FILE = 'images/x/image.json';
const FROM = '"description":"X","from":{"debian":"trixie"}';
const many = (count: number, entry: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => entry(at)).join(',');
const read = (text: string) => shown(readWorkspace({ images: [{ file: FILE, text }], tools: [] }));
const nx = (text: string) => shown(parseWorkspaceOptions('nx.json', text, '@image-tooling/nx'));
const KEYLESS =
  '"keyless": { "identity": "https://ci.example/*", "issuer": "https://ci.example", "trustedRoot": "root.json" }';
const plugin = (members: string) => `{ "plugins": [{ "plugin": "@image-tooling/nx", ${members} }] }`;

describe('files that are nested too deeply', () => {
  it('are refused with the place, whatever their content', () => {
    expect(read(`{${FROM},"checks":${'['.repeat(200_000)}`)).toMatchSnapshot();
    expect(shown(parseImageLock('images/x/lock.json', '{"a":'.repeat(5000)))).toContain('nested too deeply');
    expect(nx(`{ "a": ${'['.repeat(200_000)}`)).toContain('nested too deeply');
  });

  it('are detected without brackets in strings and comments', () => {
    const brackets = '[{'.repeat(200);
    expect(read(`{"description":"${brackets} \\" [","from":{"debian":"trixie"}}`)).toBe('no mistake');
    expect(nx(`{ /* ${brackets} */ // ${brackets}\n "a": "${brackets}" }`)).toBe('no mistake');
  });
});

describe('files that are not UTF-8', () => {
  const failureOf = (bytes: Buffer) => fileText(FILE, bytes).failure;

  it('are refused at the first invalid byte', () => {
    const failure = failureOf(Buffer.from('{\n  "description": "caf\u00e9 \ufffd"\n}', 'latin1'));
    expect(failure && formatFailures([failure])).toMatchSnapshot();
    expect(failureOf(Buffer.from('\ufeff{}', 'utf16le'))?.message).toBe('The file is not UTF-8: UTF-16.');
  });

  it('may contain U+FFFD and other long characters', () => {
    expect(failureOf(Buffer.from('\ufffd\ufffd é 😀 \ufffd'))).toBeUndefined();
    expect(failureOf(Buffer.concat([Buffer.from('é\ufffd'), Buffer.of(0xff)]))?.message).toContain('byte 5');
  });
});

describe('nx.json', () => {
  it.each([
    ['doubled keys', '{ "plugins": [], "plugins": ["@image-tooling/nx"] }'],
    ['doubled options', plugin('"options": { "imagesDir": "a", "imagesDir": "b" }')],
    ['plugins that are not a list', '{ "plugins": { "plugin": "@image-tooling/nx" } }'],
    ['an entry of another type', '{ "plugins": ["a", 5, { "plugin": true }] }'],
    ['the plugin twice', '{ "plugins": ["@image-tooling/nx", { "plugin": "@image-tooling/nx" }] }'],
    ['options of another type', plugin('"options": "images"')],
    ['a text that can not be used', plugin('"options": { "mainBranch": "a\\u0000" }')],
    ['no object', '[]'],
    ['a port above the highest', plugin('"options": { "registry": "registry.example:65536/team" }')],
    ['signing with nothing', plugin('"options": { "signing": {} }')],
    [
      'signing with both a key and an identity',
      plugin(`"options": { "signing": { "key": "a", ${KEYLESS} } }`),
    ],
    [
      'a star in the middle of an identity',
      plugin(`"options": { "signing": { ${KEYLESS.replace('/*', '*/x')} } }`),
    ],
    [
      'an address of Fulcio that is not a URL',
      plugin(`"options": { "signing": { ${KEYLESS.replace('}', ', "fulcio": "https://["}')} } }`),
    ],
    ['port 0', plugin('"options": { "repository": "registry.example:0/{image}" }')],
  ])('%s', (_, text) => expect(nx(text)).toMatchSnapshot());
});

// As large as shows work that grows by the square, or a call with more arguments than V8's stack takes (125,000).
describe('files with many entries', () => {
  it.each<[string, string]>([
    ['unknown keys', `{${FROM},${many(40_000, (at) => `"packges${at}":1`)}}`],
    ['one long unknown key', `{${FROM},"${'packages'.repeat(120_000)}":1}`],
    ['doubled keys', `{${FROM},"config":{"env":{${many(50_000, () => '"A":"1"')}}}}`],
    ['names that are wrong', `{${FROM},"config":{"env":{${many(20_000, (at) => `"a b${at}":"1"`)}}}}`],
    ['unusable texts', `{${FROM},"config":{"cmd":[${many(50_000, () => '"\\u0000"')}]}}`],
    ['repeated entries', `{${FROM},"packages":[${many(50_000, () => '"curl"')}]}`],
    ['more mistakes than a call has arguments', `{${FROM},"packages":[${many(130_000, () => '"P"')}]}`],
    ['unknown tools', `{${FROM},"tools":[${many(20_000, (at) => `"p${at}"`)}]}`],
    ['trailing commas', `{${FROM},"packages":[${many(30_000, () => '[1,]\n')}]}`],
    ['users', `{${FROM},"users":[${many(20_000, (at) => `{"name":"u${at}","uid":1,"home":"/h"}`)}]}`],
    ['folders', `{${FROM},"directories":[${many(25_000, () => '{"path":"/a","mode":"0755"}')}]}`],
  ])('of %s are read in seconds of processor time, and few mistakes are shown', (_, text) => {
    const started = process.cpuUsage();
    const output = read(text);
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1e6).toBeLessThan(10);
    expect(output).not.toBe('no mistake');
    expect(output.length).toBeLessThan(30_000);
  });

  it('report the number of further mistakes', () => {
    const output = read(`{${FROM},${many(1000, (at) => `"key${at}":1`)}}`);
    expect(output.match(/^error: Unknown key/gm)).toHaveLength(50);
    expect(output).toContain(`${FILE} has 950 more mistakes that are not shown.`);
    expect(shown(parseImage(FILE, `{${FROM},${many(51, (at) => `"key${at}":1`)}}`))).toContain(
      '1 more mistake that is not shown',
    );
  });
});

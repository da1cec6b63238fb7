import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestHost } from './host';

let host: TestHost;

beforeEach(() => (host = new TestHost()));
afterEach(() => host.remove());

const IMAGE = 'registry.invalid/team/x:1';

describe('verify, before its first request', () => {
  it.each<[string, string[]]>([
    ['no image', []],
    ['two images', [IMAGE, IMAGE]],
    ['an invalid place', ['x:1', '--key=signing.key.pub']],
    ['another way to rebuild', [IMAGE, '--rebuild=again']],
    ['no signer', [IMAGE]],
    ['a key and an identity', [IMAGE, '--key=signing.key.pub', '--certificate-identity=me']],
    ['a part of an identity', [IMAGE, '--certificate-identity=me']],
    ['a key that does not exist', [IMAGE, '--key=signing.key.pub']],
  ])('refuses %s', async (_, args) => {
    const { exitCode, stdout, stderr } = await host.run('verify', ...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatchSnapshot();
  });
});

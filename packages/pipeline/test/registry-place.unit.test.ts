import { describe, expect, it } from 'vitest';
import { digestOf } from '@image-tooling/model';
import { valueOf } from '@image-tooling/testkit/helpers';
import { parsePlace } from '../src/registry';
import { placeText } from '../src/registry/place';
import { failureOf } from './registry-images';

const DIGEST = digestOf('x');
const repository = { registry: 'registry.example:5000', path: 'team/name' };

describe('a place to copy from or to', () => {
  it.each<[string, object]>([
    ['registry.example:5000/team/name', { kind: 'registry', repository }],
    ['registry.example:5000/team/name:1.2.3', { kind: 'registry', repository, tag: '1.2.3' }],
    [`registry.example:5000/team/name@${DIGEST}`, { kind: 'registry', repository, digest: DIGEST }],
    [
      `registry.example:5000/team/name:1@${DIGEST}`,
      { kind: 'registry', repository, tag: '1', digest: DIGEST },
    ],
    ['oci:/a/b', { kind: 'folder', path: '/a/b' }],
    ['oci:/a/b:1.2.3', { kind: 'folder', path: '/a/b', tag: '1.2.3' }],
    ['oci:/a:b/c', { kind: 'folder', path: '/a:b/c' }],
    ['oci:/a@b', { kind: 'folder', path: '/a@b' }],
    [`oci:/a@b@${DIGEST}`, { kind: 'folder', path: '/a@b', digest: DIGEST }],
    [`oci:/a:1@${DIGEST}`, { kind: 'folder', path: '/a', tag: '1', digest: DIGEST }],
  ])('%s is parsed and formatted to the same text', (text, expected) => {
    const place = valueOf(parsePlace(text, '/work'));
    expect(place).toEqual(expected);
    expect(placeText(place)).toBe(text);
  });

  it('a folder is relative to the current folder', () => {
    expect(valueOf(parsePlace('oci:a/b', '/work'))).toEqual({ kind: 'folder', path: '/work/a/b' });
  });

  it.each([
    '',
    'name',
    'name:1',
    'oci:',
    'oci::1',
    'oci:a:b c',
    'Registry.example/UPPER:1',
    'registry.example/a@sha256:12',
  ])('"%s" is refused', (text) => {
    expect(failureOf(parsePlace(text, '/work')).code).toBe('usage');
  });

  it.each([
    ['oci://registry.example/team/name:1', 'it begins with "oci://"'],
    ['https://registry.example/team/name:1', 'it begins with "https://"'],
    ['ada:planted@registry.example/team/name:1', 'it holds a user name or password'],
    ['registry.example:70000/team/name:1', 'it has the port 70000'],
  ])('"%s" is refused with the reason', (text, why) => {
    const { message } = failureOf(parsePlace(text, '/work'));
    expect(message).toContain(why);
    expect(message).not.toContain('planted');
  });
});

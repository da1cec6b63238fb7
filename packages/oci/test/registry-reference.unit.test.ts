import { describe, expect, it } from 'vitest';
import { failuresOf, valueOf } from '@image-tooling/testkit/helpers';
import { parseReference, parseRepository } from '../src';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('a reference', () => {
  it.each([
    ['registry.example/team/name', 'registry.example', 'team/name'],
    ['Registry.Example:65535/a', 'Registry.Example:65535', 'a'],
    ['[::1]:5000/a/b', '[::1]:5000', 'a/b'],
    ['localhost/a', 'localhost', 'a'],
  ])('is read: %s', (text, registry, path) => {
    expect(valueOf(parseRepository(text))).toEqual({ registry, path });
    expect(valueOf(parseReference(`${text}:V1.2@${DIGEST}`))).toMatchObject({ tag: 'V1.2', digest: DIGEST });
  });

  it.each([
    ['https://registry.example/team/name:1', 'it begins with "https://"'],
    ['docker://registry.example/name', 'it begins with "docker://"'],
    ['ada:planted@registry.example/name:1', 'it holds a user name or password'],
    ['https://ada:pl@nted/1@registry.example/name', 'it holds a user name or password'],
    ['registry.example/Team/name:1', 'it has capital letters in its path'],
    ['registry.example:65536/name', 'it has the port 65536'],
    ['registry.example:0/name', 'it has the port 0'],
    ['256.1.1.1/name', 'it has "256.1.1.1" as host'],
    ['xn--a.example/name', 'it has "xn--a.example" as host'],
    ['[::1::2]:80/name', 'it has "[::1::2]:80" as host'],
    [' ', 'it is empty'],
    ['registry.example/name@latest', '"registry.example/name@latest" is not a reference to an image.'],
    [`registry.example/name@sha256:1`, '@sha256:1" is not a reference to an image.'],
  ])('is refused with a reason: %s', (text, why) => {
    const [{ code, message, hint }] = failuresOf(parseReference(text)) as [
      { code: string; message: string; hint: string },
    ];
    expect(code).toBe('usage');
    expect(message).toContain(why);
    expect(hint).toContain('registry.example/team/name');
    expect(message).not.toMatch(/pl.nted/);
  });
});

import { describe, expect, it } from 'vitest';
import { parseChallenges } from '../src/registry/auth/challenge';
import { covers, parseScope, scopeOf, scopeTexts } from '../src/registry/auth/scope';

describe('parseChallenges', () => {
  it('reads a bearer challenge with commas in quotes', () => {
    expect(
      parseChallenges(
        'Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push"',
      ),
    ).toEqual([
      {
        scheme: 'bearer',
        parameters: {
          realm: 'https://auth.example/token',
          service: 'registry.example',
          scope: 'repository:a/b:pull,push',
        },
      },
    ]);
  });

  it.each([
    ['BASIC Realm = "x y"', [{ scheme: 'basic', parameters: { realm: 'x y' } }]],
    ['Basic', [{ scheme: 'basic', parameters: {} }]],
    [
      'Negotiate YWJj==, Basic realm="a \\"b\\" c", charset=UTF-8, Bearer realm="r"',
      [
        { scheme: 'negotiate', parameters: {} },
        { scheme: 'basic', parameters: { realm: 'a "b" c', charset: 'UTF-8' } },
        { scheme: 'bearer', parameters: { realm: 'r' } },
      ],
    ],
    [
      ', ,Basic realm="Bearer realm=evil, x"',
      [{ scheme: 'basic', parameters: { realm: 'Bearer realm=evil, x' } }],
    ],
    ['', []],
    ['"Bearer"', []],
  ])('reads %s', (header, challenges) => expect(parseChallenges(header)).toEqual(challenges));

  it('ignores a parameter whose quote does not end', () => {
    expect(parseChallenges('Bearer realm="https://auth.example')).toEqual([
      { scheme: 'bearer', parameters: {} },
    ]);
  });

  it('reads a long malformed header in little time', () => {
    const began = performance.now();
    parseChallenges(`Bearer realm="${'\\a'.repeat(50_000)}`);
    parseChallenges(`Bearer ${'a'.repeat(100_000)} ${' ,'.repeat(50_000)}"`);
    expect(performance.now() - began).toBeLessThan(200);
  });
});

describe('a scope', () => {
  it('joins the actions of a resource, in a fixed order', () => {
    expect(scopeTexts(scopeOf('a/b', ['push,pull', 'pull', 'repository:c:5000/d:pull']))).toEqual([
      'repository:a/b:pull,push',
      'repository:c:5000/d:pull',
    ]);
  });

  it('covers its own actions, and no more', () => {
    const granted = parseScope('repository:a:pull,push repository:b:*');
    expect(covers(granted, scopeOf('a', ['pull']))).toBe(true);
    expect(covers(granted, scopeOf('b', ['pull,delete']))).toBe(true);
    expect(covers(granted, scopeOf('a', ['delete']))).toBe(false);
    expect(covers(granted, scopeOf('c', ['pull']))).toBe(false);
  });
});

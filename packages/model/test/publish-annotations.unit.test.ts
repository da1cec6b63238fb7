import { describe, expect, it } from 'vitest';
import { EXPIRES_ANNOTATION, indexAnnotations, isExpired, type AnnotationsInput } from '../src';

const INPUT: AnnotationsInput = {
  image: 'k8s',
  description: 'Kubernetes',
  source: 'https://git.invalid/team/images',
  mode: { kind: 'branch', branch: 'x', slug: 'x' },
  commit: { id: 'c'.repeat(40), time: Date.UTC(2026, 1, 20, 23, 59, 59) / 1000 },
  branchDays: 14,
};

const COMMON = {
  'org.opencontainers.image.title': 'k8s',
  'org.opencontainers.image.description': 'Kubernetes',
  'org.opencontainers.image.source': 'https://git.invalid/team/images',
};

describe('indexAnnotations', () => {
  it('give a branch image its expiry, counted from the commit', () => {
    expect(indexAnnotations(INPUT)).toEqual({ ...COMMON, [EXPIRES_ANNOTATION]: '2026-03-06T23:59:59Z' });
  });

  it('give a release its version, and main nothing that changes from commit to commit', () => {
    expect(indexAnnotations({ ...INPUT, mode: { kind: 'release', version: '1.2.3' } })).toEqual({
      ...COMMON,
      'org.opencontainers.image.version': '1.2.3',
    });
    expect(indexAnnotations({ ...INPUT, mode: { kind: 'main' } })).toEqual(COMMON);
  });

  it('have no source without a repository', () => {
    const { 'org.opencontainers.image.source': _, ...rest } = COMMON;
    expect(indexAnnotations({ ...INPUT, source: undefined, mode: { kind: 'main' } })).toEqual(rest);
  });

  it('are the same in every time zone', () => {
    const before = process.env['TZ'];
    try {
      const found = ['UTC', 'Asia/Kolkata', 'America/St_Johns'].map((zone) => {
        process.env['TZ'] = zone;
        return JSON.stringify(indexAnnotations(INPUT));
      });
      expect(new Set(found).size).toBe(1);
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  });
});

describe('isExpired', () => {
  const NOW = Date.UTC(2026, 2, 6, 23, 59, 59) / 1000;
  const at = (text: string) => isExpired({ [EXPIRES_ANNOTATION]: text }, NOW);

  it('is true from the expiry on', () => {
    expect([at('2026-03-06T23:59:59Z'), at('2026-03-07T00:00:00Z')]).toEqual([true, false]);
    expect([at('2026-03-07T00:59:59+01:00'), at('2026-03-06t23:59:59.5z')]).toEqual([true, false]);
  });

  it.each([
    '',
    'never',
    '2026-03-06',
    '2026-03-06T23:59:59',
    '2026-13-45T00:00:00Z',
    '0',
    '1700000000',
    'Fri Mar 06 2026',
  ])('is false for an invalid time: "%s"', (text) => {
    expect(at(text)).toBe(false);
  });

  it('is false without an expiry', () => {
    expect(isExpired({}, NOW)).toBe(false);
  });
});

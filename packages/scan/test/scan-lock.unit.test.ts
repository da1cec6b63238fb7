import { codesOf, failuresOf, valueOf } from '@image-tooling/testkit/helpers';
import { describe, expect, it } from 'vitest';
import { ageFailures, parseScanLock, scanLockText, type ScanLock } from '../src';

const DAY = 24 * 3600;
const LOCK: ScanLock = {
  go: {
    module: 'golang.org/x/vulndb',
    version: 'v0.0.0-20261105234957-e22db6528018',
    time: 100 * DAY,
    sum: `h1:${'A'.repeat(43)}=`,
  },
  debian: {
    trixie: {
      time: 110 * DAY,
      releases: [{ archive: 'debian', suite: 'trixie', sha256: 'a'.repeat(64), date: 110 * DAY }],
      endOfLife: 900 * DAY,
      sources: { openssl: { newest: '3.5.4-1', security: true, fixes: { 'CVE-2026-1': '3.5.4-1' } } },
      gone: [],
    },
  },
};
const TEXT = scanLockText(LOCK);

describe('scan.lock.json', () => {
  it('reads as it was written', () => expect(valueOf(parseScanLock(TEXT))).toEqual(LOCK));

  it('has the same text for the same content, in any order of keys', () => {
    const { go, debian } = LOCK;
    const { sum, ...rest } = go;
    expect(scanLockText({ debian, go: { sum, ...rest } })).toBe(TEXT);
  });

  it.each([
    ['missing', undefined, 'does not exist'],
    ['empty', '', 'not JSON'],
    ['cut off', TEXT.slice(0, -20), 'not JSON'],
    ['in a merge conflict', `<<<<<<< ours\n${TEXT}`, 'not JSON'],
    ['not an object', '[]', 'lockVersion is undefined'],
    ['of another version', TEXT.replace('"lockVersion": 1', '"lockVersion": 2'), 'lockVersion is 2'],
    ['without a key', TEXT.replace('"gone": [],', ''), 'missing or unknown keys'],
    ['with an unknown key', TEXT.replace('"gone"', '"extra": 1, "gone"'), 'missing or unknown keys'],
    ['without a fix', TEXT.replace('"CVE-2026-1": "3.5.4-1"', ''), 'differs from its own sha256'],
    ['with another version', TEXT.replace('20261105', '20261106'), 'differs from its own sha256'],
    ['newer than it is', TEXT.replace(String(100 * DAY), String(200 * DAY)), 'differs from its own sha256'],
  ])('is refused if it is %s', (_, text, why) => {
    expect(text).not.toBe(TEXT);
    const [failure] = failuresOf(parseScanLock(text));
    expect(failure).toMatchObject({ code: 'scan-invalid', place: { file: 'scan.lock.json' } });
    expect(failure.message).toContain(why);
    expect(failure.hint).toContain('npx image-tooling scan-lock');
  });

  it('is refused after any cut', () => {
    for (let length = 0; length < TEXT.trimEnd().length; length += 7)
      expect(codesOf(parseScanLock(TEXT.slice(0, length)))).toEqual(['scan-invalid']);
  });
});

describe('the age of data', () => {
  const ageAt = (day: number) =>
    ageFailures(LOCK, { maxAgeDays: 14, now: new Date(day * DAY * 1000) }).map(({ message }) => message);

  it('may be as old as allowed', () => expect(ageAt(114)).toEqual([]));
  it('may not be negative, but for clocks that differ', () => {
    expect(ageAt(109)).toEqual([]);
    expect(ageAt(107)).toEqual([
      "scan.lock.json can't be used: the archive of Debian trixie is 3 days newer than now.",
    ]);
  });
  it('is that of each part', () =>
    expect(ageAt(115)).toEqual([
      "scan.lock.json is too old: Go's vulnerability database is 15 days old, and 14 are allowed.",
    ]));
  it('is reported for all parts at once', () =>
    expect(ageAt(130)).toEqual([
      "scan.lock.json is too old: Go's vulnerability database is 30 days old, and 14 are allowed.",
      'scan.lock.json is too old: the archive of Debian trixie is 20 days old, and 14 are allowed.',
    ]));
});

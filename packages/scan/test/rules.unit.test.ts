import { describe, expect, it } from 'vitest';
import {
  APT_LAYER,
  BASE,
  deb,
  FILES_LAYER,
  K8S,
  only,
  policyOf,
  scanned,
  secretIn,
  subjectWith,
  TOOL,
  verdicts,
} from './subjects';

describe('licences', () => {
  const found = (expression: string | undefined, allow: string[]) =>
    verdicts(
      scanned({
        subject: subjectWith([
          deb(expression === undefined ? { licence: undefined } : { licence: { expression } }),
        ]),
        policy: policyOf({ licences: { allow } }),
      }),
    );

  it.each([
    ['MIT', ['Apache-2.0']],
    ['MIT AND GPL-3.0-only', ['MIT']],
    ['MIT OR GPL-3.0-only', ['Apache-2.0']],
    ['(MIT OR Apache-2.0) AND LicenseRef-other', ['MIT']],
    ['not an expression', ['MIT']],
    [undefined, ['MIT']],
  ])('%s with %j allowed fails', (expression, allow) => {
    expect(found(expression, allow)).toEqual(['licence failing']);
  });

  it.each([
    ['MIT', ['MIT']],
    ['MIT AND GPL-3.0-only', ['MIT', 'GPL-3.0-only']],
    ['MIT OR GPL-3.0-only', ['MIT']],
    ['GPL-2.0+', ['GPL-2.0-or-later']],
    ['GPL-2.0-only WITH Classpath-exception-2.0', ['GPL-2.0-only']],
    ['GPL-2.0-only WITH Classpath-exception-2.0', ['GPL-2.0-only WITH Classpath-exception-2.0']],
    [undefined, ['unknown']],
  ])('%s with %j allowed passes', (expression, allow) => {
    expect(found(expression, allow)).toEqual([]);
  });

  it('are not looked at without a list', () => {
    expect(scanned({ subject: subjectWith([deb({ licence: undefined })]) }).findings).toEqual([]);
  });

  it('say what to allow', () => {
    const subject = subjectWith([{ ...TOOL, licence: { expression: 'GPL-3.0-only' } }]);
    const report = scanned({ subject, policy: policyOf({ licences: { allow: ['MIT'] } }) });
    expect(only(report.findings)).toMatchObject({
      owner: 'yq',
      advice: 'Remove yq, or add "GPL-3.0-only" to "licences.allow" in scan.json.',
    });
  });
});

describe('setuid files', () => {
  const withFile = (path: string, layer = APT_LAYER) => subjectWith([], { setuid: [{ path, layer }] });

  it('that nothing allows fail', () => {
    const report = scanned({ subject: withFile('/usr/bin/other', FILES_LAYER) });
    expect(only(report.findings)).toMatchObject({
      kind: 'setuid',
      status: 'failing',
      place: '/usr/bin/other',
    });
  });

  it("of Debian's packages pass", () => {
    expect(scanned({ subject: withFile('/usr/bin/su') }).findings).toEqual([]);
  });

  it('that scan.json allows pass', () => {
    const policy = policyOf({ setuid: { allow: ['/usr/bin/other'] } });
    expect(scanned({ subject: withFile('/usr/bin/other'), policy }).findings).toEqual([]);
  });

  it('that image.json of the image or its parent allows pass', () => {
    const subject = {
      ...withFile('/usr/bin/other'),
      chain: [{ ...BASE, setuid: ['/usr/bin/other'] }, K8S] as const,
    };
    expect(scanned({ subject: { ...subject, chain: [...subject.chain] } }).findings).toEqual([]);
  });
});

describe('the size', () => {
  const sized = (compressedSize: number) =>
    subjectWith([], { compressedSize, chain: [BASE, { ...K8S, budget: 2_000_000 }] });

  it('over the budget fails, whatever severities fail', () => {
    const report = scanned({ subject: sized(2_000_001), policy: policyOf({ fail: [] }) });
    expect(verdicts(report)).toEqual(['size-budget failing']);
  });

  it('of the budget passes', () => {
    expect(scanned({ subject: sized(2_000_000) }).findings).toEqual([]);
  });
});

describe('secrets', () => {
  it.each(['ENV', 'history', 'root/.netrc'])('in %s fail', (place) => {
    const report = scanned({ secrets: [secretIn(place)] });
    expect([report.passed, verdicts(report)]).toEqual([false, ['private-key failing']]);
  });
});

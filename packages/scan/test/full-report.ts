import type { ScanReport } from '../src';
import {
  BASE_LAYER,
  dataOf,
  deb,
  debianData,
  goData,
  goModule,
  osv,
  policyOf,
  scanned,
  secretIn,
  subjectWith,
  TOOL,
} from './subjects';

/** One finding of each status. */
export const FULL: ScanReport = scanned({
  subject: subjectWith([
    TOOL,
    goModule(),
    goModule({ name: 'golang.org/x/text', version: 'v0.3.0' }),
    goModule({ name: 'example.com/unused', version: 'v1.0.0' }),
    goModule({ name: 'example.com/open', version: 'v1.0.0' }),
    goModule({ name: 'example.com/ignored', version: 'v1.0.0' }),
    goModule({ name: 'example.com/expired', version: 'v1.0.0' }),
    deb({ layer: BASE_LAYER }),
  ]),
  symbols: { 'usr/local/bin/yq': { 'golang.org/x/net/html': ['Parse'] } },
  data: dataOf({
    go: goData(
      osv(),
      entry('GO-2026-0002', 'golang.org/x/text', '0.3.8'),
      entry('GO-2026-0003', 'example.com/unused', '1.0.1', ['Never']),
      entry('GO-2026-0004', 'example.com/open'),
      entry('GO-2026-0005', 'example.com/ignored', '1.0.1'),
      entry('GO-2026-0006', 'example.com/expired', '1.0.1'),
    ),
    debian: debianData({ openssl: { newest: '2', security: true, fixes: { 'CVE-2026-1111': '3.5.1-2' } } }),
  }),
  policy: policyOf({
    ignore: [
      {
        id: 'GO-2026-0005',
        reason: 'only in <tests> & docs',
        owner: 'platform team',
        expires: '2027-01-31',
        justification: 'vulnerable_code_not_in_execute_path',
      },
      { id: 'GO-2026-0006', reason: 'no fix yet', owner: 'platform team', expires: '2026-10-31' },
      { id: 'CVE-2026-1111', reason: 'the parent waits', owner: 'base team', expires: '2027-01-31' },
    ],
  }),
  secrets: [secretIn('root/.netrc')],
  secretsLeftOut: { published: 20, examples: 0, unopened: 213 },
});

function entry(id: string, name: string, fixed?: string, symbols?: string[]) {
  const events = [{ introduced: '0' }, ...(fixed === undefined ? [] : [{ fixed }])];
  const imports = symbols ? [{ path: name, symbols }] : undefined;
  return osv({
    id,
    aliases: [],
    summary: `A mistake in ${name}`,
    affected: [
      {
        package: { ecosystem: 'Go', name },
        ranges: [{ type: 'SEMVER', events }],
        ...(imports && { ecosystem_specific: { imports } }),
      },
    ],
  });
}

export const NONE: ScanReport = scanned({ data: undefined, policy: policyOf({ database: 'none' }) });

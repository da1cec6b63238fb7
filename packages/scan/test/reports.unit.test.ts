import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { default as addFormats } from 'ajv-formats';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { jsonSchemas } from '../src/report/schema';
import { openVex, sarifLog, scanHtml, scanTable, type LinkedSymbols } from '../src';
import { FULL, NONE } from './full-report';
import { dataOf, deb, FILES_LAYER, goData, goModule, osv, scanned, subjectWith, TOOL } from './subjects';

describe('the table', () => {
  it('names what fails, what fixes it, and counts the rest', () => {
    expect(scanTable(FULL).join('\n')).toMatchInlineSnapshot(`
      "        in                   version  fixed in  from  findings
      FAILS   root/.netrc                             k8s   private-key
      FAILS   golang.org/x/net     v0.40.0  v0.50.0   yq    GO-2026-0001
      FAILS   golang.org/x/text    v0.3.0   v0.3.8    yq    GO-2026-0002
      FAILS   example.com/expired  v1.0.0   v1.0.1    yq    GO-2026-0006
      no fix  example.com/open     v1.0.0             yq    GO-2026-0004

      Fix:
        npx nx run yq:lock --raise golang.org/x/net@v0.50.0,golang.org/x/text@v0.3.8,example.com/expired@v1.0.1   (3 findings)
        Remove it, and replace the key.
        scan.json:14: the ignore of GO-2026-0006 expired on 2026-10-31; platform team decides again.

      Data: Go's vulnerability database of 2026-11-27, Debian trixie of 2026-11-27
      Secrets left out: 20 in unchanged files of Debian packages, 213 compressed files not opened
      k8s linux/amd64: FAILED: 3 failing, 1 with an expired ignore, 1 without a fix, 1 ignored, 1 inherited, 1 not affected"
    `);
  });

  it('of an image without findings names the data', () => {
    const report = scanned({ subject: subjectWith([TOOL, goModule(), deb()]) });
    expect(scanTable(report)).toMatchInlineSnapshot(`
      [
        "Data: Go's vulnerability database of 2026-11-27, Debian trixie of 2026-11-27",
        "k8s linux/amd64: passed: no findings",
      ]
    `);
  });

  it('without a database says that vulnerabilities were not scanned', () => {
    expect(scanTable(NONE)).toMatchInlineSnapshot(`
      [
        "Vulnerabilities were not scanned: scan.json says "database": "none".",
        "k8s linux/amd64: passed: no findings, vulnerabilities not scanned",
      ]
    `);
  });
});

interface Sarif {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
      readonly invocations: readonly { readonly toolExecutionNotifications: readonly object[] }[];
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex: number;
        readonly level: string;
        readonly suppressions?: readonly object[];
        readonly locations: readonly object[];
      }[];
    },
  ];
}

describe('SARIF', () => {
  const [run] = (sarifLog(FULL) as Sarif).runs;

  it('has each finding but those of the parent, at the file that brings it', () => {
    expect(run.results.map(({ ruleId, level }) => `${ruleId} ${level}`)).toEqual([
      'private-key error',
      'GO-2026-0001 error',
      'GO-2026-0002 error',
      'GO-2026-0006 error',
      'GO-2026-0004 warning',
      'GO-2026-0005 note',
      'GO-2026-0003 note',
    ]);
    expect(run.results[1]).toMatchObject({
      message: {
        text: expect.stringContaining('npx nx run yq:lock --raise golang.org/x/net@v0.50.0') as string,
      },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'tools/yq/tool.json', uriBaseId: '%SRCROOT%' },
            region: { startLine: 1 },
          },
        },
      ],
    });
  });

  it('points to the ignore that has expired', () => {
    expect(run.results[3]?.locations).toMatchObject([
      { physicalLocation: { artifactLocation: { uri: 'scan.json' }, region: { startLine: 14 } } },
    ]);
  });

  it('suppresses what is ignored or not affected', () => {
    const suppressed = run.results.filter(({ suppressions }) => suppressions);
    expect(suppressed.map(({ ruleId }) => ruleId)).toEqual(['GO-2026-0005', 'GO-2026-0003']);
  });

  it('has a rule for each result, by its index', () => {
    const { rules } = run.tool.driver;
    expect(run.results.map(({ ruleIndex }) => rules[ruleIndex]?.id)).toEqual(
      run.results.map(({ ruleId }) => ruleId),
    );
  });

  it('without a database says so', () => {
    const [{ invocations }] = (sarifLog(NONE) as Sarif).runs;
    expect(invocations[0]?.toolExecutionNotifications[0]).toMatchObject({ level: 'warning' });
  });
});

describe('OpenVEX', () => {
  it('states what is not affected, and what is accepted', () => {
    expect(
      openVex(FULL, {
        product: 'pkg:oci/k8s@sha256:aa?arch=amd64',
        author: 'https://example.com/images',
        time: 1_764_288_000,
      }),
    ).toMatchInlineSnapshot(`
      {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "urn:image-tooling:vex:de1d4fc95067b1aa1d59e09efbcf6955bc0aefe8009ef5813d2d519c47f923f3",
        "author": "https://example.com/images",
        "statements": [
          {
            "action_statement": "Accepted until 2027-01-31: the parent waits",
            "products": [
              {
                "@id": "pkg:oci/k8s@sha256:aa?arch=amd64",
                "subcomponents": [
                  {
                    "@id": "pkg:deb/libssl3t64@3.5.1-1",
                  },
                ],
              },
              {
                "@id": "pkg:deb/libssl3t64@3.5.1-1",
              },
            ],
            "status": "affected",
            "vulnerability": {
              "name": "CVE-2026-1111",
            },
          },
          {
            "impact_statement": "only in <tests> & docs",
            "justification": "vulnerable_code_not_in_execute_path",
            "products": [
              {
                "@id": "pkg:oci/k8s@sha256:aa?arch=amd64",
                "subcomponents": [
                  {
                    "@id": "pkg:go/example.com/ignored@v1.0.0",
                  },
                ],
              },
              {
                "@id": "pkg:go/example.com/ignored@v1.0.0",
              },
            ],
            "status": "not_affected",
            "vulnerability": {
              "name": "GO-2026-0005",
            },
          },
          {
            "justification": "vulnerable_code_not_present",
            "products": [
              {
                "@id": "pkg:oci/k8s@sha256:aa?arch=amd64",
                "subcomponents": [
                  {
                    "@id": "pkg:go/example.com/unused@v1.0.0",
                  },
                ],
              },
              {
                "@id": "pkg:go/example.com/unused@v1.0.0",
              },
            ],
            "status": "not_affected",
            "vulnerability": {
              "name": "GO-2026-0003",
            },
          },
        ],
        "timestamp": "2025-11-28T00:00:00Z",
        "tooling": "image-tooling",
        "version": 1,
      }
    `);
  });

  describe('of one version of a module in two tools', () => {
    const other = { ...TOOL, name: 'jq', layer: FILES_LAYER };
    const modules = [goModule(), goModule({ tool: 'jq', program: 'usr/local/bin/jq', layer: FILES_LAYER })];
    const linked = { 'golang.org/x/net/html': ['Parse'] };
    const stated = (symbols: LinkedSymbols): number => {
      const subject = subjectWith([TOOL, other, ...modules]);
      const report = scanned({ subject, symbols, data: dataOf({ go: goData(osv()) }) });
      const vex = openVex(report, { product: 'pkg:oci/k8s', author: 'images', time: 0 });
      return (vex as { statements: object[] } | undefined)?.statements.length ?? 0;
    };

    it('states once that both are not affected', () => {
      expect(stated({ 'usr/local/bin/yq': {}, 'usr/local/bin/jq': {} })).toBe(1);
    });

    it('states nothing if one of them is affected: its package URL is the same', () => {
      expect(stated({ 'usr/local/bin/yq': {}, 'usr/local/bin/jq': linked })).toBe(0);
    });
  });

  it('has no document without statements', () => {
    expect(openVex(NONE, { product: 'pkg:oci/k8s', author: 'images', time: 0 })).toBeUndefined();
  });
});

describe('HTML', () => {
  it('escapes texts of others', () => {
    const html = scanHtml(FULL);
    expect(html).toContain('only in &lt;tests&gt; &amp; docs');
    expect(html).not.toContain('<tests>');
  });

  it('has no script, and loads nothing', () => {
    expect(scanHtml(FULL)).not.toMatch(/<script|<link|src=|url\(|@import/);
  });

  it('without a database says that vulnerabilities were not scanned', () => {
    expect(scanHtml(NONE)).toContain('vulnerabilities not scanned');
  });
});

describe('the JSON report', () => {
  const file = join(__dirname, '../../../schemas/scan-report.schema.json');
  const isValid = addFormats(new Ajv({ strict: true, discriminator: false })).compile(
    JSON.parse(readFileSync(file, 'utf8')) as object,
  );

  it.each([
    ['with a finding of each status', FULL],
    ['without a database', NONE],
  ])('%s is as its schema says', (_, report) => {
    isValid(JSON.parse(JSON.stringify(report)));
    expect(isValid.errors).toBeNull();
  });

  it('has a schema that "npm run schemas" writes', async () => {
    const options = await resolveConfig(file);
    const [schema] = Object.values(jsonSchemas());
    const text = await format(JSON.stringify(schema), { ...options, filepath: file });
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});

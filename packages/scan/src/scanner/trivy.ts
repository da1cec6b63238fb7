import * as z from 'zod';
import type { ScannerAnswer } from './answer';
import { jsonOf } from './json';
import { purlKey } from './purl-key';
import { severityOf } from './severity';

const identifier = z.object({ PURL: z.string().optional() });

/** The fields that we read of `trivy sbom --format json --list-all-pkgs` (aquasecurity/trivy 0.74, pkg/types/report.go). */
const report = z.object({
  SchemaVersion: z.literal(2),
  /** Since 0.67. */
  Trivy: z.object({ Version: z.string() }).optional(),
  Results: z
    .array(
      z.object({
        Packages: z.array(z.object({ Identifier: identifier.optional() })).optional(),
        Vulnerabilities: z
          .array(
            z.object({
              VulnerabilityID: z.string().min(1),
              VendorIDs: z.array(z.string()).optional(),
              PkgIdentifier: identifier,
              FixedVersion: z.string().optional(),
              Severity: z.string().optional(),
              Title: z.string().optional(),
            }),
          )
          .optional(),
      }),
    )
    .optional(),
});

/** Reads what Trivy printed. Undefined if it has another form. */
export function trivyAnswer(text: string): ScannerAnswer | undefined {
  const parsed = report.safeParse(jsonOf(text));
  if (!parsed.success) return undefined;
  const { Trivy, Results = [] } = parsed.data;
  const found = Results.flatMap(({ Vulnerabilities = [] }) => Vulnerabilities);
  const packages = Results.flatMap(({ Packages = [] }) => Packages);
  return {
    version: Trivy?.Version ?? 'unknown',
    read: new Set(
      packages.flatMap(({ Identifier }) => (Identifier?.PURL === undefined ? [] : purlKey(Identifier.PURL))),
    ),
    matches: found.map((one) => ({
      purl: purlKey(one.PkgIdentifier.PURL ?? ''),
      id: one.VulnerabilityID,
      aliases: one.VendorIDs ?? [],
      severity: severityOf(one.Severity),
      title: one.Title ?? one.VulnerabilityID,
      fixedIn: (one.FixedVersion ?? '').split(/, */).filter(Boolean),
    })),
  };
}

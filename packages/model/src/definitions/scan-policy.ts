import * as z from 'zod';
import { line, name, schemaReference, textLike, uniqueList, word } from './fields';
import { imagePath } from './paths';

/** From severe to harmless; `unknown`: the source of the data states none. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'unknown'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Why an image is not affected (OpenVEX 0.2.0, "Status Justifications"). */
export const JUSTIFICATIONS = [
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'inline_mitigations_already_exist',
] as const;
export type Justification = (typeof JUSTIFICATIONS)[number];

/** In `licences.allow`: components whose licence is not known. */
export const UNKNOWN_LICENCE = 'unknown';

/** Also refuses 2027-02-30, which would be read as a day of March. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text))) return false;
  return new Date(text).toISOString().startsWith(text);
}

const day = z
  .string()
  .refine(isDay, {
    error: 'not a day ("2027-01-31")',
  })
  .meta({ description: 'The last day on which it counts; the scan fails from the next day on (UTC).' });

const ignore = z.strictObject({
  id: word('The vulnerability or rule, by its id or an alias ("CVE-2026-1234", "GO-2026-4321").'),
  component: word('Only in this component ("golang.org/x/net", "openssl"). Default: in all.').optional(),
  reason: line('Why it may stay, in one line. It is published (OpenVEX).'),
  owner: line('The people who decide, also when it expires ("platform team").'),
  expires: day,
  justification: z.enum(JUSTIFICATIONS).optional().meta({
    description: 'Why the image is not affected (OpenVEX). Without it, it is affected and accepted for now.',
  }),
});

const licences = z.strictObject({
  allow: uniqueList(
    word('An SPDX licence, with its exception ("GPL-2.0-only WITH Classpath-exception-2.0").'),
  )
    .optional()
    .meta({
      description: `Allowed licences; "${UNKNOWN_LICENCE}" allows components without a known one. Default: all.`,
    }),
});

const setuid = z.strictObject({
  allow: uniqueList(imagePath('A file with the setuid or setgid bit.'))
    .optional()
    .meta({ description: 'Files that may be setuid, in addition to Debian’s own and those of image.json.' }),
});

/** Scanners that can be run, and their databases read. */
export const SCANNERS = ['trivy', 'grype'] as const;
export type ScannerName = (typeof SCANNERS)[number];

const scannerDatabase = z
  .strictObject({
    scanner: z.enum(SCANNERS).meta({ description: 'The scanner, in addition to package registries.' }),
    image: name('The image of this workspace that has the scanner.'),
    mirror: word(
      'Where its database is. Trivy: an OCI artifact ("registry.example/trivy-db:2") or layout ("oci:<folder>"). Grype: the URL of latest.json.',
    ),
  })
  .meta({ title: 'A scanner, in addition to package registries' });

/** A scanner and its database, as `database` names them. */
export type ScannerDatabase = z.output<typeof scannerDatabase>;

/** The content of scan.json, and of images/<name>/scan.json, which changes it for one image. */
export const scanPolicySchema = z
  .strictObject({
    $schema: schemaReference,
    database: z
      .union([
        z.enum(['registries', 'none']).meta({ title: 'Package registries alone, or no data' }),
        scannerDatabase,
      ])
      .optional()
      .meta({
        description:
          'Where vulnerability data comes from: package registries (default), none, or a scanner as well. Reports say so.',
      }),
    maxAge: textLike(
      /^[1-9][0-9]{0,3}d$/,
      'a number of days ("14d")',
      'Age of vulnerability data from which on a scan fails. Default: 14d.',
    ).optional(),
    fail: uniqueList(z.enum(SEVERITIES)).optional().meta({
      description:
        'Severities of vulnerabilities that fail a scan, if they can be fixed. Default: critical, high, unknown.',
    }),
    ignore: z
      .array(ignore)
      .optional()
      .meta({ description: 'Findings that do not fail a scan until a day. Those of an image are added.' }),
    licences: licences.optional().meta({ description: 'What licences may be in an image.' }),
    setuid: setuid.optional().meta({ description: 'What files may be setuid or setgid.' }),
  })
  .meta({ title: 'Scan policy', description: 'What a scan of an image accepts.' });

export type ScanPolicyFile = z.output<typeof scanPolicySchema>;
export type IgnoreEntry = NonNullable<ScanPolicyFile['ignore']>[number];

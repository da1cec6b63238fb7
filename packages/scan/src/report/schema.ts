import * as z from 'zod';
import { PLATFORMS, SCANNERS, SEVERITIES } from '@image-tooling/model';
import { FINDING_KINDS, STATUSES } from '../finding';

const text = (description: string) => z.string().meta({ description });
const count = z.int().min(0);
const seconds = z.int().min(0).meta({ description: 'Seconds since the epoch.' });
const DIGEST = /^sha256:[0-9a-f]{64}$/;

const fix = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('lock'), project: z.string() }),
    z.object({ kind: z.literal('raise'), project: z.string(), name: z.string(), version: z.string() }),
    z.object({ kind: z.literal('set-version'), project: z.string(), version: z.string() }),
  ])
  .meta({ description: 'What changes a lock so that the finding goes away.' });

const ignore = z
  .object({
    id: z.string(),
    component: z.string().optional(),
    reason: z.string(),
    owner: z.string(),
    expires: z.string(),
    justification: z.string().optional(),
    place: z.object({ file: z.string(), line: z.int().optional() }),
  })
  .meta({ description: 'The entry of "ignore" in scan.json that matches.' });

const finding = z.object({
  kind: z.enum(FINDING_KINDS),
  id: text('The vulnerability, or the rule.'),
  aliases: z.array(z.string()).meta({ description: 'Other ids of the same vulnerability.' }),
  severity: z.enum(SEVERITIES),
  title: text('One line.'),
  component: z.object({ name: z.string(), version: z.string(), purls: z.array(z.string()) }).optional(),
  place: text('Where in the image: a path, packages, "ENV", "history".').optional(),
  layer: z.string().regex(DIGEST).optional(),
  owner: text('The image or tool whose definition brings it.'),
  file: text('The file of that definition.'),
  inheritedFrom: text('The parent that brings it.').optional(),
  fixedIn: text('The first version without it.').optional(),
  fix: fix.optional(),
  command: text('The command that fixes it now.').optional(),
  advice: text('What to edit, where no command is enough.').optional(),
  notAffected: text('Why the image is not affected (OpenVEX, "Status Justifications").').optional(),
  status: z.enum(STATUSES).meta({ description: '"failing" and "expired" fail the scan.' }),
  ignore: ignore.optional(),
});

const data = z.discriminatedUnion('database', [
  z.object({ database: z.literal('none') }),
  z.object({
    database: z.literal('registries'),
    go: z.object({ version: z.string(), time: seconds }).optional(),
    debian: z.object({ suite: z.string(), time: seconds }).optional(),
    scanner: z
      .object({
        name: z.enum(SCANNERS),
        version: z.string(),
        digest: z.string().regex(DIGEST),
        time: seconds,
      })
      .optional()
      .meta({ description: 'A scanner that was run as well, and its database.' }),
  }),
]);

/** The schema of scan.json in dist. */
export const scanReportSchema = z
  .object({
    scanVersion: z.literal(1),
    image: z.string(),
    platform: z.enum(PLATFORMS),
    manifest: z.string().regex(DIGEST).meta({ description: 'Digest of the image that was scanned.' }),
    day: text('The day of the scan (UTC).'),
    passed: z.boolean(),
    data: data.meta({ description: 'The vulnerability data; "none": nothing was looked up.' }),
    notCovered: z.array(z.string()).meta({ description: 'What no data tells of.' }),
    secretsLeftOut: z
      .object({ published: count, examples: count, unopened: count })
      .meta({ description: 'Public secrets of packages, and of tests and manuals; compressed files.' }),
    counts: z.object(Object.fromEntries(STATUSES.map((status) => [status, count]))),
    findings: z.array(finding).meta({ description: 'Failing ones first.' }),
  })
  .meta({ title: 'Scan report', description: 'What a scan of one image on one platform found.' });

/** Returns the JSON Schema of reports: the content of schemas/scan-report.schema.json. */
export function jsonSchemas(): Record<string, object> {
  const { $schema, ...content } = z.toJSONSchema(scanReportSchema, { target: 'draft-7', io: 'output' });
  return {
    'scan-report.schema.json': { $schema, $id: 'urn:image-tooling:schema:scan-report:1', ...content },
  };
}

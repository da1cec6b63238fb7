import * as z from 'zod';
import type { ScannerAnswer, ScannerMatch } from './answer';
import { jsonOf } from './json';
import { purlKey } from './purl-key';
import { severityOf } from './severity';

/** The fields that we read of `grype --output json` (anchore/grype 0.121, grype/presenter/models). */
const report = z.object({
  descriptor: z.object({ version: z.string() }),
  matches: z.array(
    z.object({
      vulnerability: z.object({
        id: z.string().min(1),
        severity: z.string().optional(),
        description: z.string().optional(),
        fix: z.object({ versions: z.array(z.string()).nullish() }).optional(),
      }),
      relatedVulnerabilities: z.array(z.object({ id: z.string() })).nullish(),
      artifact: z.object({ purl: z.string() }),
    }),
  ),
});

/** `grype --output cyclonedx-json`: its report in JSON does not list the packages without findings. */
const listing = z.object({
  bomFormat: z.literal('CycloneDX'),
  components: z.array(z.object({ purl: z.string().optional() })).optional(),
});

/**
 * Reads what Grype printed. Undefined if it has another form.
 *
 * @param text its report in JSON
 * @param packages its report in CycloneDX
 */
export function grypeAnswer(text: string, packages: string): ScannerAnswer | undefined {
  const found = report.safeParse(jsonOf(text)).data;
  const listed = listing.safeParse(jsonOf(packages)).data;
  if (!found || !listed) return undefined;
  return {
    version: found.descriptor.version,
    read: new Set((listed.components ?? []).flatMap(({ purl }) => (purl === undefined ? [] : purlKey(purl)))),
    matches: found.matches.map(matchOf),
  };
}

function matchOf({
  vulnerability: { id, severity, description = '', fix },
  relatedVulnerabilities,
  artifact,
}: z.output<typeof report>['matches'][number]): ScannerMatch {
  const aliases = new Set((relatedVulnerabilities ?? []).map((one) => one.id));
  aliases.delete(id);
  return {
    purl: purlKey(artifact.purl),
    id,
    aliases: [...aliases],
    severity: severityOf(severity),
    title: firstLine(description) || id,
    fixedIn: fix?.versions ?? [],
  };
}

/** Descriptions of advisories have many lines. */
function firstLine(text: string): string {
  const [line = ''] = text.trim().split('\n');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

const LONGEST = 200;

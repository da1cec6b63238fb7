import * as z from 'zod';
import type { Finding } from '../finding';

/** Returns why a finding does not affect the image; undefined if the documents don't say. */
export type VexVerdicts = (finding: Finding) => Finding['notAffected'];

const NOT_PRESENT = 'vulnerable_code_not_present';

const product = z.object({
  '@id': z.string().optional(),
  subcomponents: z.array(z.object({ '@id': z.string() })).optional(),
});

const document = z.object({
  timestamp: z.string(),
  statements: z.array(
    z.object({
      vulnerability: z.object({ name: z.string() }),
      products: z.array(product).default([]),
      status: z.string(),
      justification: z.string().optional(),
      impact_statement: z.string().optional(),
    }),
  ),
});

type VexStatement = z.output<typeof document>['statements'][number];

/**
 * Reads which vulnerable Go functions are not in an image's programs, from the newest of its OpenVEX documents (see
 * `openVex`). Statements from `ignore` are left out: today's scan.json decides on those. Other documents are ignored.
 */
export function vexVerdicts(documents: readonly unknown[]): VexVerdicts {
  const valid = documents.flatMap((one) => document.safeParse(one).data ?? []);
  const [newest] = valid.toSorted((a, b) => Date.parse(b.timestamp) - Date.parse(a.timestamp));
  const known = new Set((newest?.statements ?? []).filter(isOfSymbols).flatMap(keysOf));
  return ({ kind, id, component }) => {
    const purls = component?.purls ?? [];
    const isAbsent = purls.length > 0 && purls.every((purl) => known.has(keyOf(id, purl)));
    return kind === 'vulnerability' && isAbsent ? NOT_PRESENT : undefined;
  };
}

/** An ignore has its reason as `impact_statement`. */
function isOfSymbols({ status, justification, impact_statement: reason }: VexStatement): boolean {
  return status === 'not_affected' && justification === NOT_PRESENT && reason === undefined;
}

function keysOf({ vulnerability, products }: VexStatement): string[] {
  const purls = products.flatMap(({ subcomponents = [] }) => subcomponents.map((one) => one['@id']));
  return purls.map((purl) => keyOf(vulnerability.name, purl));
}

function keyOf(id: string, purl: string): string {
  return `${id}\n${purl}`;
}

import * as z from 'zod';

const text = z.string();

const component = z.object({
  'bom-ref': text,
  name: text,
  version: text.default(''),
  description: text.default(''),
  licenses: z
    .array(z.object({ expression: text.optional(), license: z.object({ name: text.optional() }).optional() }))
    .default([]),
  externalReferences: z.array(z.object({ type: text, url: text })).default([]),
  hashes: z.array(z.object({ alg: text, content: text })).default([]),
  properties: z.array(z.object({ name: text, value: text.default('') })).default([]),
});

/** The parts of a CycloneDX document that hold an inventory. */
export const documentSchema = z.object({
  bomFormat: z.literal('CycloneDX'),
  metadata: z.object({ timestamp: z.iso.datetime(), component }),
  components: z.array(component).default([]),
  dependencies: z.array(z.object({ ref: text, dependsOn: z.array(text).default([]) })).default([]),
});

export type SbomDocument = z.output<typeof documentSchema>;
export type SbomComponent = z.output<typeof component>;

import * as z from 'zod';
import { imageSchema } from './image';
import { remoteCacheSchema } from './remote-cache';
import { scanPolicySchema } from './scan-policy';
import { toolSchema } from './tool';
import { toolboxSettingsSchema } from './toolbox-settings';

/** Raised when a valid definition becomes invalid; each step has an Nx migration. */
export const SCHEMA_VERSION = 1;

/** Returns the JSON Schemas for editors, by file name: the content of schemas/. */
export function jsonSchemas(): Record<string, object> {
  return {
    'cache.schema.json': jsonSchema('cache', remoteCacheSchema),
    'image.schema.json': jsonSchema('image', imageSchema),
    'scan.schema.json': jsonSchema('scan', scanPolicySchema),
    'tool.schema.json': jsonSchema('tool', toolSchema),
    'toolbox.schema.json': jsonSchema('toolbox', toolboxSettingsSchema),
  };
}

/** Draft 7: the newest that all common editors support fully. */
function jsonSchema(name: string, schema: z.ZodType): object {
  const { $schema, ...content } = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' });
  return { $schema, $id: `urn:image-tooling:schema:${name}:${SCHEMA_VERSION}`, ...content };
}

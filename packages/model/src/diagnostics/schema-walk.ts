import type { z } from 'zod';
import type { JsonPath } from './document';

/** The parts of a zod schema that lead to others (zod 4, core/schemas: `_zod.def`). */
interface Definition {
  readonly type: string;
  readonly shape?: Record<string, z.core.$ZodType>;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly innerType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
}

/**
 * Returns the keys that an object may have at `path`: those of every alternative. Empty if any key is
 * allowed.
 */
export function knownKeys(schema: z.core.$ZodType, path: JsonPath): string[] {
  const shapes = schemasAt(schema, path).map((found) => definitionOf(found).shape ?? {});
  return [...new Set(shapes.flatMap((shape) => Object.keys(shape)))];
}

/** Returns the keys that tell the alternatives at `path` apart: those that each of them must have. */
export function requiredKeys(schema: z.core.$ZodType, path: JsonPath): string[] {
  const members = schemasAt(schema, path).flatMap((found) => Object.entries(definitionOf(found).shape ?? {}));
  return [...new Set(members.filter(([, member]) => member._zod.optin === undefined).map(([key]) => key))];
}

/** Returns the schema's description of the value at `path`, without its full stop, or undefined. */
export function describedAt(
  schema: z.core.$ZodType,
  path: JsonPath,
  describe: (schema: z.core.$ZodType) => string | undefined,
): string | undefined {
  const parents = schemasAt(schema, path.slice(0, -1));
  const last = path.at(-1);
  return parents
    .flatMap((parent) => step(parent, last))
    .map(describe)
    .find((description) => description !== undefined);
}

function schemasAt(schema: z.core.$ZodType, path: JsonPath): z.core.$ZodType[] {
  return path.reduce<z.core.$ZodType[]>(
    (schemas, key) => schemas.flatMap((found) => step(found, key)).flatMap(unwrap),
    unwrap(schema),
  );
}

function step(schema: z.core.$ZodType, key: string | number | undefined): z.core.$ZodType[] {
  const { shape, element, valueType } = definitionOf(schema);
  const next = shape ? shape[String(key)] : (element ?? valueType);
  return next ? [next] : [];
}

/** Returns the schemas inside optional, default, transformed and alternative ones. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType[] {
  const definition = definitionOf(schema);
  if (definition.options) return definition.options.flatMap(unwrap);
  const inner = definition.innerType ?? definition.in;
  return inner ? unwrap(inner) : [schema];
}

function definitionOf(schema: z.core.$ZodType): Definition {
  return schema._zod.def;
}

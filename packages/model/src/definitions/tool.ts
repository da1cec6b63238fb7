import * as z from 'zod';
import { toolCheck } from './check';
import { address, isObject, line, schemaReference, textLike } from './fields';
import { coolDownDays, updateLevel } from './update-policy';
import { debSource, goSource, npmSource, releaseSource, workspaceSource } from './sources';

const sources = z
  .strictObject({
    release: releaseSource.optional(),
    go: goSource.optional(),
    npm: npmSource.optional(),
    deb: debSource.optional(),
    workspace: workspaceSource.optional(),
  })
  .refine((given) => Object.keys(given).length > 0, {
    error: 'expected at least one of "release", "go", "npm", "deb", "workspace"',
    when: isObject,
  })
  .meta({
    description: 'Sources of the tool. "toolSource" in nx.json decides which one is used.',
    minProperties: 1,
  });

/** The content of tools/<name>/tool.json. */
export const toolSchema = z
  .strictObject({
    $schema: schemaReference,
    description: line('What the tool is, in one line.'),
    homepage: address(
      /^https:\/\/[^\s\u0000-\u001f\u007f]+$/,
      'an https:// address',
      'Its website or documentation.',
    ),
    license: textLike(
      /^\(*[A-Za-z0-9.+-]+\)*(?: (?:AND|OR|WITH) \(*[A-Za-z0-9.+-]+\)*)*$/,
      'an SPDX licence expression ("Apache-2.0", "MIT OR Apache-2.0")',
      'Its licence, as an SPDX expression.',
    ),
    version: textLike(
      /^[0-9]+(?:\.[0-9]+)*(?:[-+][0-9A-Za-z.+-]+)?$/,
      'a version without a leading "v" ("1.36.4")',
      'Its version, without a leading "v".',
    ),
    update: updateLevel.optional().meta({
      description:
        'Which versions "update" may take: the leftmost number of the version that may change; "none": keep the version. Default: "update" in nx.json, else minor.',
    }),
    coolDownDays: coolDownDays.optional().meta({
      description:
        'Days that a version must have been published for before "update" takes it. Default: "coolDownDays" in nx.json, else 3.',
    }),
    sources,
    checks: z
      .array(toolCheck)
      .default([])
      .meta({ description: 'Checks for every image that has the tool; {version} is replaced.' }),
    examples: z
      .array(line('A command line.'))
      .default([])
      .meta({ description: 'Example commands, shown by toolbox-help.' }),
  })
  .meta({ title: 'Tool', description: 'A program at one version, from a named source.' });

/** A tool as a person wrote it, with defaults filled in. */
export type ToolDefinition = z.output<typeof toolSchema>;

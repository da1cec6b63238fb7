import { z } from 'zod';
import { check } from './check';
import { line, relativePath, schemaReference, textLike } from './fields';

const files = z
  .record(
    relativePath('Path in the archive; {version} and {arch} are replaced.'),
    relativePath('Where it goes, below /usr/local ("bin/k9s").'),
  )
  .refine((entries) => Object.keys(entries).length > 0, { error: 'names no file' });

const archNames = z
  .partialRecord(z.enum(['amd64', 'arm64']), z.string().min(1))
  .optional()
  .meta({ description: 'What {arch} stands for where the vendor does not say amd64 and arm64 ("x86_64").' });

const release = z
  .strictObject({
    url: textLike(
      /^https:\/\/\S+$/,
      'an https:// address',
      'Address of the file; {version} and {arch} are replaced.',
    ),
    files: files.meta({
      description: 'What to take from it: path in the archive, and where it goes below /usr/local.',
    }),
    archNames,
    format: z.enum(['tar.gz', 'tar.xz', 'tar.bz2', 'tar', 'zip', 'gz', 'binary']).optional().meta({
      description: 'What kind of file it is. Default: by the end of its address, else a lone program.',
    }),
  })
  .meta({ description: "The vendor's own prebuilt file." });

const goModule = (description: string) =>
  textLike(
    /^[a-z0-9][a-z0-9.-]*\.[a-z]+(?:\/[A-Za-z0-9._~-]+)*$/,
    'a Go import path ("github.com/derailed/k9s")',
    description,
  );

const go = z
  .strictObject({
    package: goModule('Import path of the command.'),
    module: goModule('Module that holds it. Default: the same path.').optional(),
    binary: textLike(
      /^[A-Za-z0-9][A-Za-z0-9._+-]*$/,
      'a file name',
      'Name of the program. Default: that of the tool.',
    ).optional(),
    ldflags: z.array(z.string().min(1)).default([]).meta({
      description: 'Flags for the linker; {version}, {major}, {minor}, {commit}, {date} are replaced.',
    }),
    tags: z.array(z.string().min(1)).default([]).meta({ description: 'Build tags.' }),
    replace: z.record(z.string().min(1), z.string().min(1)).default({}).meta({
      description:
        'Versions of modules that the module itself replaces by folders ("k8s.io/*": "v0.{minor}.{patch}").',
    }),
  })
  .transform((given) => ({ ...given, module: given.module ?? given.package }))
  .meta({ description: 'Built from Go modules.' });

const npm = z
  .strictObject({
    package: z.string().min(1).meta({ description: 'Name of the npm package; {arch} is replaced.' }),
    files: files.meta({
      description: 'What to take from it: path in the package, and where it goes below /usr/local.',
    }),
    archNames,
  })
  .meta({ description: 'Files of an npm package.' });

const deb = z
  .strictObject({
    package: z.string().min(1).meta({ description: 'Name of the Debian package.' }),
    archive: z.string().min(1).optional().meta({ description: 'Archive that has it. Default: debian.' }),
    files: files.meta({
      description: 'What to take from it: path in the package, and where it goes below /usr/local.',
    }),
  })
  .meta({ description: 'Files of a Debian package.' });

const sources = z
  .strictObject({
    release: release.optional(),
    go: go.optional(),
    npm: npm.optional(),
    deb: deb.optional(),
  })
  .refine((given) => Object.values(given).some((source) => source !== undefined), {
    error: 'names no source: at least one of "release", "go", "npm", "deb" is needed',
  })
  .meta({
    description: "Where the tool's bytes come from; which one is taken is the workspace's toolSource.",
    minProperties: 1,
  });

/** What tools/<name>/tool.json holds. */
export const toolSchema = z
  .strictObject({
    $schema: schemaReference,
    description: line('What the tool is, in one line.'),
    homepage: textLike(/^https?:\/\/\S+$/, 'an https:// address', 'Where people read about it.'),
    license: textLike(
      /^\(?[A-Za-z0-9.+-]+\)?(?: (?:AND|OR|WITH) \(?[A-Za-z0-9.+-]+\)?)*$/,
      'an SPDX licence expression ("Apache-2.0", "MIT OR Apache-2.0")',
      'Its licence, as an SPDX expression.',
    ),
    version: textLike(
      /^[0-9]+(?:\.[0-9]+)*(?:[-+][0-9A-Za-z.+-]+)?$/,
      'a version without a leading "v" ("1.36.4")',
      'Its version, without a leading "v".',
    ),
    sources,
    checks: z
      .array(check)
      .default([])
      .meta({ description: 'What is tried in every image that has the tool; {version} is replaced.' }),
    examples: z
      .array(line('A command line.'))
      .default([])
      .meta({ description: 'Example commands, shown by toolbox-help.' }),
  })
  .meta({ title: 'Tool', description: 'A program at one version, from a named source.' });

/** A tool as a person wrote it, with defaults filled in. */
export type ToolDefinition = z.output<typeof toolSchema>;
export type ToolSources = ToolDefinition['sources'];
export type SourceKind = keyof ToolSources;
export const SOURCE_KINDS: readonly SourceKind[] = ['release', 'go', 'npm', 'deb'];
export type ReleaseSource = NonNullable<ToolSources['release']>;
export type GoSource = NonNullable<ToolSources['go']>;
export type NpmSource = NonNullable<ToolSources['npm']>;
export type DebSource = NonNullable<ToolSources['deb']>;

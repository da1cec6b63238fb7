import * as z from 'zod';
import { address, debianPackage, isObject, templated, textLike, uniqueList, word } from './fields';
import { reportNoProgram } from './argv';
import { relativePath } from './paths';
import { RELEASE_FORMATS, reportFormat } from './release-format';
import {
  BUILD_PLACEHOLDERS,
  COMMAND_PLACEHOLDERS,
  FILE_PLACEHOLDERS,
  VERSION_PLACEHOLDERS,
} from './template';

const files = z
  .record(
    templated(relativePath('Path in the archive or package.'), FILE_PLACEHOLDERS),
    relativePath('Path below /usr/local ("bin/k9s").'),
  )
  .refine((entries) => Object.keys(entries).length > 0, {
    error: 'must name at least one file',
    when: isObject,
  })
  .meta({
    description:
      'What to take: path in the archive or package, and where it goes below /usr/local. A folder is taken with all that is in it; if the file is the program itself, the key is ignored.',
  });

const links = z
  .record(
    relativePath('Path of the link below /usr/local ("bin/aws").'),
    relativePath('Target of the link, below /usr/local ("lib/aws-cli/aws").'),
  )
  .default({})
  .meta({ description: 'Links to make: path and target, both below /usr/local.' });

/** An argument or name of Go's. */
const text = z
  .string()
  .min(1)
  .regex(/^[^\u0000-\u001f\u007f]*$/, { error: 'a text without control characters' });

const archName = word("The vendor's name for it.");

const archNames = z
  .strictObject({ amd64: archName.optional(), arm64: archName.optional() })
  .default({})
  .meta({ description: 'Values of {arch} if the vendor does not write amd64 and arm64 ("x86_64").' });

const versions = z
  .strictObject({
    url: address(
      /^https:\/\/[^\s\u0000-\u001f\u007f]+$/,
      'an https:// address',
      'Address of a text with versions.',
    ),
    match: templated(
      textLike(
        /^(?=.*\{version\})[^\u0000-\u001f\u007f]+$/,
        'a text with {version} in it ("v{version}")',
        'How the text writes a version, with {version} for the version itself.',
      ),
      ['version'],
    ).default('v{version}'),
  })
  .meta({
    description:
      'Where "update" finds versions. Default: the releases of the GitHub repository that the URL is of.',
  });

export const releaseSource = z
  .strictObject({
    url: templated(
      address(
        /^https:\/\/[^\s\u0000-\u001f\u007f]+$/,
        'an https:// address',
        'Address of the file; {version}, {major}, {minor}, {patch} and {arch} are replaced.',
      ),
      FILE_PLACEHOLDERS,
    ),
    files,
    links,
    archNames,
    format: z
      .enum(RELEASE_FORMATS)
      .optional()
      .meta({ description: 'Format of the file. Default: from the end of the URL, else a single program.' }),
    versions: versions.optional(),
  })
  .superRefine(reportFormat, { when: isObject })
  .meta({ description: "The vendor's own prebuilt file." });

/** An import path (Go modules reference, "Module paths": its first element has a dot). */
const importPath = (description: string) =>
  textLike(
    /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:\/[A-Za-z0-9._~-]+)*$/,
    'a Go import path ("github.com/derailed/k9s")',
    description,
  );

export const goSource = z
  .strictObject({
    package: importPath('Import path of the command.'),
    module: importPath('Module that holds it. Default: the same path.').optional(),
    binary: textLike(
      /^[A-Za-z0-9][A-Za-z0-9._+-]*$/,
      'a file name',
      'Name of the program. Default: that of the tool.',
    ).optional(),
    ldflags: z.array(templated(text, BUILD_PLACEHOLDERS)).default([]).meta({
      description:
        'Flags for the linker; {version}, {major}, {minor}, {patch}, {commit} and {date} are replaced.',
    }),
    tags: z.array(text).default([]).meta({ description: 'Build tags.' }),
    replace: z.record(text, templated(text, VERSION_PLACEHOLDERS)).default({}).meta({
      description:
        'Versions of modules that the module itself takes from its own folders ("k8s.io/*": "v0.{minor}.{patch}").',
    }),
  })
  .transform((given) => ({ ...given, module: given.module ?? given.package }))
  .meta({ description: 'Built from Go modules.' });

export const npmSource = z
  .strictObject({
    package: templated(
      textLike(
        /^(?:@[a-z0-9~][a-z0-9._~-]*\/)?[A-Za-z0-9~{][A-Za-z0-9._~{}-]*$/,
        'the name of an npm package ("@esbuild/linux-{arch}")',
        'Name of the npm package; {arch} is replaced.',
      ),
      FILE_PLACEHOLDERS,
    ),
    files,
    links,
    archNames,
  })
  .meta({ description: 'Files of an npm package.' });

export const debSource = z
  .strictObject({
    package: debianPackage,
    archive: word('Archive that has it. Default: that of the images.').optional(),
    files,
    links,
  })
  .meta({ description: 'Files of a Debian package.' });

export const workspaceSource = z
  .strictObject({
    command: z
      .array(templated(text, COMMAND_PLACEHOLDERS))
      .check(reportNoProgram)
      .refine((words) => words.some((one) => one.includes('{output}')), {
        error: 'no argument has {output}, the folder to write to',
        when: ({ value }) => Array.isArray(value),
      })
      .meta({
        description:
          'Program and arguments, without a shell, run in the root of the workspace: writes the files of the tool, as below /usr/local ("bin/server"), into the folder {output}. {version} and {arch} are replaced, too.',
      }),
    inputs: uniqueList(relativePath('File or folder, relative to the root of the workspace.'))
      .refine((paths) => paths.length > 0, {
        error: 'must name at least one file or folder',
        when: ({ value }) => Array.isArray(value),
      })
      .meta({
        description:
          'All committed files and folders that decide what the command writes, with lock files of what it uses.',
      }),
  })
  .meta({ description: 'Built by a command of this workspace.' });

export type ReleaseSource = z.output<typeof releaseSource>;
export type GoSource = z.output<typeof goSource>;
export type NpmSource = z.output<typeof npmSource>;
export type DebSource = z.output<typeof debSource>;
export type WorkspaceSource = z.output<typeof workspaceSource>;

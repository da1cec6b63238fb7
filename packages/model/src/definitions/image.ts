import * as z from 'zod';
import { PLATFORMS, type Platform } from '../platform';
import { imageCheck } from './check';
import {
  debianPackage,
  id,
  isObject,
  line,
  mode,
  name,
  platform,
  schemaReference,
  textLike,
  uniqueList,
} from './fields';
import { imageConfig } from './image-config';
import { imagePath, passwdPath, relativePath } from './paths';
import { withPort } from './ports';
import { reportRepeatedPaths } from './repeated-paths';
import { SIZE, SIZE_EXPECTED } from './size';

const from = z
  .union([
    z
      .strictObject({ image: name('Another image of this workspace.') })
      .meta({ title: 'An image of this workspace' }),
    z
      .strictObject({
        debian: textLike(
          /^[a-z][a-z0-9-]*$/,
          'a Debian release by its code name ("trixie")',
          'Its code name.',
        ),
      })
      .meta({ title: 'A Debian release, bootstrapped from its packages' }),
    z
      .strictObject({
        registry: withPort(
          textLike(
            /^[a-z0-9][a-z0-9.-]*(?::[0-9]+)?(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)+(?::[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127})?@sha256:[0-9a-f]{64}$/,
            'an image by digest ("registry.example/name@sha256:…")',
            'The image, by digest. With a tag before it ("name:1.2@sha256:…"), "stale" reports a newer digest of that tag. Packages need dpkg and apt in it.',
          ),
        ),
      })
      .meta({ title: 'An image of a registry' }),
  ])
  .meta({ description: 'What the image is based on: one of "image", "debian", "registry".' });

const user = z
  .strictObject({
    name: textLike(
      /^[a-z_][a-z0-9_-]{0,31}$/,
      'a user name of at most 32 lower-case letters, digits, "_" and "-"',
      'Name of the user, and of the group.',
    ),
    uid: id('Number of the user.'),
    gid: id('Number of the group. Default: the uid.').optional(),
    home: passwdPath('Home folder.'),
    homeMode: mode('Permissions of the home folder, in octal.').default('0755'),
    shell: passwdPath('Login shell.').default('/bin/bash'),
  })
  .transform((given) => ({ ...given, gid: given.gid ?? given.uid }));

const directory = z.strictObject({
  path: imagePath('The folder.'),
  mode: mode('Its permissions, in octal ("1777").'),
  uid: id('Number of its owner.').default(0),
  gid: id('Number of its group.').default(0),
});

const budget = z.strictObject({
  compressed: textLike(
    SIZE,
    SIZE_EXPECTED,
    'Largest size of all layers as they are pulled ("400MB").',
  ).optional(),
  entrySeconds: z
    .number()
    .positive()
    .optional()
    .meta({ description: 'Longest time in seconds until an interactive shell of the image is ready.' }),
});

/** The content of images/<name>/image.json. */
export const imageSchema = z
  .strictObject({
    $schema: schemaReference,
    description: line('What the image is for, in one line. Shown by toolbox-help and in a label.'),
    from,
    packages: uniqueList(debianPackage).default([]).meta({
      description: 'Debian packages to install, without those of the parent. Versions are in lock.json.',
    }),
    omit: uniqueList(
      textLike(
        /^\/[^\s'"\\\u0000-\u001f\u007f]+$/,
        'an absolute path with "*" and "?" as in a shell ("/usr/share/doc/big/*")',
        'Pattern of files, in which "*" also matches "/".',
      ),
    )
      .default([])
      .meta({
        description: 'Files of packages that are not installed (dpkg’s --path-exclude), such as manuals.',
      }),
    tools: uniqueList(name('A tool of this workspace.'))
      .default([])
      .meta({ description: 'Tools to add, by name, without those of the parent.' }),
    files: relativePath(
      'Folder next to image.json whose files are added to the image ("rootfs").',
    ).optional(),
    modes: z
      .record(imagePath('Path of the file in the image.'), mode('Its permissions, in octal.'))
      .default({})
      .meta({
        description: 'Permissions of added files other than 0644, or 0755 where git has them executable.',
      }),
    users: z.array(user).default([]).meta({ description: 'Users to create.' }),
    directories: z
      .array(directory)
      .default([])
      .meta({ description: 'Empty folders to make, and folders that get other permissions or owners.' }),
    config: imageConfig.default({}).meta({ description: 'How containers of the image start.' }),
    checks: z
      .array(imageCheck)
      .default([])
      .meta({ description: 'Checks of the image, in addition to those of its tools.' }),
    examples: z
      .array(line('A command line.'))
      .default([])
      .meta({ description: 'Example commands, shown by toolbox-help.' }),
    budget: budget.default({}).meta({ description: 'Limits that the image must stay within.' }),
    setuid: uniqueList(imagePath('A file with the setuid or setgid bit.')).default([]).meta({
      description: "Files that may be setuid or setgid, in addition to Debian's own.",
    }),
    platforms: uniqueList(platform)
      .min(1)
      .default([...PLATFORMS] as Platform[])
      .meta({ description: 'Platforms the image is built for. Default: all.' }),
  })
  .superRefine(reportRepeatedPaths, { when: isObject })
  .meta({ title: 'Image', description: 'A tooling image: a named set of tools, packages and files.' });

/** An image as a person wrote it, with defaults filled in. */
export type ImageDefinition = z.output<typeof imageSchema>;
export type ImageUser = ImageDefinition['users'][number];
export type ImageDirectory = ImageDefinition['directories'][number];
export type ImageConfigDefinition = ImageDefinition['config'];

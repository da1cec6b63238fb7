import * as z from 'zod';
import { httpAddress, templated, textLike, word } from './fields';
import { relativePath } from './paths';
import { withPort } from './ports';
import { signing } from './signing';
import { coolDownDays, updateLevel } from './update-policy';

const address = httpAddress('An address.');

const archive = z.strictObject({
  name: word('What locks call it.'),
  url: address.meta({ description: 'Its root.' }),
  suites: z.array(z.string().min(1)).min(1),
  components: z.array(z.string().min(1)).default(['main']),
  keys: relativePath('Folder with the keys that may sign it ("trust/vendor").'),
});

const debian = z.strictObject({
  suites: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .meta({ description: 'Default: the release, its updates and its security fixes.' }),
  mirrors: z
    .record(z.string().min(1), z.array(address))
    .default({})
    .meta({ description: "Mirrors of the archive, tried before those of the host\'s apt." }),
  snapshot: address.optional().meta({ description: 'Snapshot archive, tried last.' }),
  archives: z.array(archive).default([]).meta({ description: 'More archives.' }),
});

/**
 * A host, and the folder in it that all images share (OCI distribution-spec 1.1, "Pulling manifests":
 * <name>).
 */
const registry = withPort(
  textLike(
    /^(?:[a-zA-Z0-9.-]+|\[[0-9a-fA-F:]+\])(?::\d+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/,
    'a host and a path in lower case, without "https://" ("registry.example/team")',
    'Where images are published.',
  ),
);

const repository = withPort(
  templated(
    textLike(
      /^(?=.*\{image\})(?!.*:\/\/)[a-zA-Z0-9{}[\].:/_-]+$/,
      'a repository with {image} in it, without "https://" ("{registry}/{image}")',
      "Template for an image's repository: {registry} is the option, {image} the name.",
    ),
    ['registry', 'image'],
  ),
);

/** One repository for all images: layers are shared, and a publish then mounts from one place. */
const staging = withPort(
  templated(
    textLike(
      /^(?=.*[^/]\/[^/])(?!.*:\/\/)[a-zA-Z0-9{}[\].:/_-]+$/,
      'a repository, without "https://" ("{registry}/staging")',
      'Repository that hands layers from CI to other machines: {registry} is the option.',
    ),
    ['registry'],
  ),
);

/** A century, so that dates stay valid. */
const MOST_DAYS = 36_500;

/** Preferred kinds of source. `registry`: those that need package registries only. */
export const TOOL_SOURCES = ['registry', 'release', 'go', 'npm', 'deb'] as const;

/** The plugin's options in nx.json. */
export const optionsSchema = z
  .strictObject({
    imagesDir: relativePath('Folder of the images.').default('images'),
    toolsDir: relativePath('Folder of the tools.').default('tools'),
    toolSource: z
      .enum(TOOL_SOURCES)
      .default('registry')
      .meta({ description: 'Preferred kind of source for tools that have several.' }),
    update: updateLevel
      .default('minor')
      .meta({ description: 'Which versions of tools "update" may take: major, minor, patch or none.' }),
    coolDownDays: coolDownDays.default(3).meta({
      description: 'Days that a version must have been published for before "update" takes it.',
    }),
    compression: z.enum(['zstd', 'gzip']).default('zstd').meta({ description: 'How layers are compressed.' }),
    mirrors: z
      .record(address, address)
      .default({})
      .meta({ description: 'URL prefixes and their replacements.' }),
    registry: registry.optional(),
    repository: repository.default('{registry}/{image}'),
    staging: staging.optional(),
    stagingDays: z.int().min(1).max(MOST_DAYS).default(60).meta({
      description:
        'Days that staged layers are kept at least: longer than the remote cache keeps results that name them.',
    }),
    source: address
      .optional()
      .meta({ description: "Address of the workspace's repository, for the images' annotations." }),
    mainBranch: z
      .string()
      .regex(/^[^\s~^:?*[\\]+$/, { error: 'the name of a branch' })
      .default('main')
      .meta({ description: 'Branch of releases.' }),
    firstVersion: z
      .string()
      .regex(/^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)$/, { error: 'a version, "1.0.0" or "0.1.0"' })
      .optional()
      .meta({ description: 'The first version of each image. With it, "converge" releases images.' }),
    branchImageDays: z
      .int()
      .min(1)
      .max(MOST_DAYS)
      .default(14)
      .meta({ description: 'Days until images of other branches expire, counted from their commit.' }),
    plainHttp: z
      .boolean()
      .default(false)
      .meta({ description: 'Use http for the registry, without TLS. Not needed for localhost.' }),
    signing: signing.optional(),
    debian: debian.prefault({}).meta({ description: 'Where Debian packages come from.' }),
  })
  .meta({ title: 'Workspace options' });

export type WorkspaceOptions = z.output<typeof optionsSchema>;
export type DebianOptions = WorkspaceOptions['debian'];
export type SigningOptions = NonNullable<WorkspaceOptions['signing']>;
export type ToolSource = WorkspaceOptions['toolSource'];

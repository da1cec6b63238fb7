import * as z from 'zod';
import { relativePath } from './fields';

const address = z.string().regex(/^https?:\/\/\S+$/, { error: 'an https:// address' });

const archive = z.strictObject({
  name: z.string().min(1).meta({ description: 'What locks call it.' }),
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
    .meta({ description: "Addresses to fetch an archive's packages from, tried before the host's own." }),
  snapshot: address.optional().meta({ description: 'Archive of past states, asked last.' }),
  archives: z.array(archive).default([]).meta({ description: 'More archives.' }),
});

/** Which kinds of source are taken first. `registry`: those that need package registries only. */
export const TOOL_SOURCES = ['registry', 'release', 'go', 'npm', 'deb'] as const;

/** The plugin's options in nx.json. */
export const optionsSchema = z
  .strictObject({
    imagesDir: relativePath('Folder of the images.').default('images'),
    toolsDir: relativePath('Folder of the tools.').default('tools'),
    toolSource: z
      .enum(TOOL_SOURCES)
      .default('registry')
      .meta({ description: 'Which kind of source is taken where a tool has several.' }),
    compression: z.enum(['zstd', 'gzip']).default('zstd').meta({ description: 'How layers are compressed.' }),
    mirrors: z
      .record(address, address)
      .default({})
      .meta({ description: 'Beginnings of addresses, and what to put in their place.' }),
    debian: debian.prefault({}).meta({ description: 'Where Debian packages come from.' }),
  })
  .meta({ title: 'Workspace options' });

export type WorkspaceOptions = z.output<typeof optionsSchema>;
export type DebianOptions = WorkspaceOptions['debian'];
export type ToolSource = WorkspaceOptions['toolSource'];

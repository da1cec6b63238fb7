import { jsonText } from '@image-tooling/nx/json-text';

/** The versions that a new workspace begins with. */
export interface Versions {
  /** Of this package, the plugin and the command, which are published together. */
  readonly own: string;
  readonly nx: string;
}

/** The image of the user's own that a new workspace begins with. */
export const OWN_IMAGE = 'my-tools';

/** Returns the first files, before npm and the plugin's `init` add the rest: path → text. */
export function firstFiles(name: string, versions: Versions): Readonly<Record<string, string>> {
  return {
    'package.json': jsonText(packageJson(name, versions)),
    'nx.json': jsonText(NX_JSON),
    '.npmrc': NPMRC,
    '.gitignore': 'node_modules\n.nx\n',
    'README.md': readme(name),
    [`images/${OWN_IMAGE}/image.json`]: jsonText(IMAGE),
  };
}

function packageJson(name: string, { own, nx }: Versions) {
  return {
    name,
    private: true,
    engines: { node: '>=20.19' },
    devDependencies: { '@image-tooling/cli': own, '@image-tooling/nx': own, '@nx/devkit': nx, nx },
  };
}

/** `neverConnectToCloud`, `analytics`: otherwise Nx asks during the first build. */
const NX_JSON = {
  $schema: './node_modules/nx/schemas/nx-schema.json',
  defaultBase: 'main',
  neverConnectToCloud: true,
  analytics: false,
};

const NPMRC = `# Write exact versions.
save-exact=true
# A lock file with the URL of your own mirror would not work for others.
omit-lockfile-registry-resolved=true
`;

const IMAGE = {
  $schema: '../../node_modules/@image-tooling/nx/schemas/image.schema.json',
  description: 'The tools that our people use',
  from: { image: 'base' },
  packages: ['curl', 'git', 'jq'],
  checks: [
    { run: ['curl', '--version'], stdout: '^Protocols: .*\\bhttps\\b' },
    { run: ['git', '--version'], stdout: '^git version 2\\.' },
    {
      run: ['jq', '-r', '.name', 'in.json'],
      files: { 'in.json': '{"name":"jq"}' },
      stdout: '^jq$',
    },
  ],
};

const readme = (name: string): string => `# ${name}

The container images that hold the command-line tools our people use. The same commit gives the same digest on every
machine.

\`\`\`sh
npm ci
npx nx run ${OWN_IMAGE}:build
npx nx run ${OWN_IMAGE}:test
npx nx run ${OWN_IMAGE}:load --to=docker
\`\`\`

| to                         | do                                                                                 |
| -------------------------- | ---------------------------------------------------------------------------------- |
| add a Debian package       | name it in \`packages\` of \`images/<name>/image.json\`, then \`npx nx run <name>:lock\` |
| add an image               | \`npx nx g @image-tooling/nx:image <name>\`                                          |
| add a tool                 | \`npx nx g @image-tooling/nx:tool <name>\`                                           |
| take newer Debian packages | \`npx nx run <name>:lock --family\`: the image and all images based on it             |
| see what depends on what   | \`npx nx graph\`                                                                     |

Commit \`images/*/lock.json\` and \`trust/\`: they decide what is in the images, and which signatures are trusted.
`;

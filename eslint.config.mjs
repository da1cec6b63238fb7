import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** What pipeline imports, and all above it may import too. */
const BELOW_PIPELINE = ['model', 'host', 'layer', 'oci', 'engines', 'sources', 'sbom', 'scan', 'attest'];

/** Allowed imports: each layer names the layers below it. See docs/architecture.md. */
const LAYERS = {
  model: [],
  dockerfile: ['model'],
  host: ['model'],
  layer: ['model', 'host'],
  oci: ['model', 'host', 'layer'],
  engines: ['model', 'host', 'layer'],
  sources: ['model', 'host', 'layer'],
  sbom: ['model', 'host', 'layer'],
  scan: ['model', 'host', 'layer'],
  attest: ['model', 'host', 'layer', 'sbom'],
  'ci-plan': ['model'],
  'object-store': ['model', 'host'],
  'cache-server': ['model', 'host', 'object-store'],
  pipeline: BELOW_PIPELINE,
  'remote-cache': ['model', 'host', 'layer', 'attest', 'object-store'],
  cli: [...BELOW_PIPELINE, 'pipeline', 'remote-cache', 'ci-plan'],
  nx: [...BELOW_PIPELINE, 'pipeline', 'dockerfile'],
  create: ['model', 'host', 'nx'],
  toolbox: ['model', 'host', 'layer', 'oci'],
  testkit: [...BELOW_PIPELINE, 'pipeline'],
};

const TESTS = ['packages/*/test/**/*.ts', 'test/**/*.ts', 'benchmarks/**/*.ts'];

/** Tests may use the test kit too, whatever their layer. */
const boundaries = (alsoAllowed) => [
  'error',
  {
    allow: [],
    banTransitiveDependencies: false,
    // The test kit uses the layers whose tests use it: a circle of projects, not of modules.
    ignoredCircularDependencies: Object.keys(LAYERS).map((layer) => [
      '@image-tooling/testkit',
      `@image-tooling/${layer}`,
    ]),
    depConstraints: Object.entries(LAYERS).map(([layer, below]) => ({
      sourceTag: `layer:${layer}`,
      onlyDependOnLibsWithTags: [layer, ...below, ...alsoAllowed].map((name) => `layer:${name}`),
    })),
  },
];

export default tseslint.config(
  { ignores: ['**/node_modules', '**/dist', '**/.nx', '**/coverage', '.dagger/sdk'] },
  {
    files: ['**/*.{ts,mts}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@nx/enforce-module-boundaries': boundaries([]),
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // An empty string often means the same as a missing one.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      // `noUncheckedIndexedAccess` asks for it in every loop over bytes.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // A port's method is async where any implementation of it waits.
      '@typescript-eslint/require-await': 'off',
      // Numbers in messages are read by people.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `env['HOME']`, not `env.HOME`: a name that may not be there looks like one.
      '@typescript-eslint/dot-notation': 'off',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true } }],
    },
  },
  {
    files: TESTS,
    rules: {
      '@nx/enforce-module-boundaries': boundaries(['testkit']),
      'max-lines-per-function': 'off',
      'no-console': 'off',
    },
  },
  {
    // Programs are started in one place (docs/decisions/048); tests and what only tests use may do without its limits.
    files: ['packages/*/src/**/*.ts'],
    ignores: ['packages/host/src/process/**', 'packages/testkit/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: ['child_process', 'node:child_process', 'zx'].map((name) => ({
            name,
            message: 'Start programs by run, start or runInForeground of @image-tooling/host.',
          })),
        },
      ],
    },
  },
  {
    // A call with more arguments does not say which is which: give an options object.
    files: ['packages/*/src/**/*.ts'],
    rules: { 'max-params': ['error', 4] },
  },
  // Vitest and Nx take these by their default export.
  {
    files: ['*.config.mts', 'test/reporter.ts', 'packages/nx/src/version-actions.ts'],
    rules: { 'no-restricted-exports': 'off' },
  },
  prettier,
);

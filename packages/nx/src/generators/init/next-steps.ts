/** What a person is told at the end: what was left out and why, what the machine lacks, what to run next. */
export function nextSteps({
  notes,
  missing,
  image,
  imagesDir,
}: {
  readonly notes: readonly string[];
  readonly missing: readonly string[];
  /** The image to begin with; undefined where there is none yet. */
  readonly image: string | undefined;
  readonly imagesDir: string;
}): string {
  const lacking = [
    'This machine has nothing yet to run a container with. On Debian or Ubuntu:',
    `  sudo apt-get install --no-install-recommends ${missing.join(' ')}`,
    'Docker or Podman will do as well.',
  ];
  const first = image === undefined ? `Write ${imagesDir}/<name>/image.json, then:` : 'Next:';
  const name = image ?? '<name>';
  return [
    ...notes,
    ...(missing.length > 0 ? lacking : []),
    first,
    `  npx nx run ${name}:lock && npx nx run ${name}:build`,
  ].join('\n');
}

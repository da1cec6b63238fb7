/** Returns the closing text: what was left out and why, what the machine lacks, what to run next. */
export function nextSteps({
  notes,
  missing,
  image,
  imagesDir,
}: {
  readonly notes: readonly string[];
  readonly missing: readonly string[];
  /** The image to begin with; undefined if there is no image yet. */
  readonly image: string | undefined;
  readonly imagesDir: string;
}): string {
  const lacking = [
    "This machine can't run containers yet. On Debian or Ubuntu:",
    `  sudo apt-get install --no-install-recommends ${missing.join(' ')}`,
    'Docker or Podman works too.',
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

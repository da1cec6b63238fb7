import { aligned, counted, dayOf, firstNames, type PackageChange } from '@image-tooling/model';
import type { ImageUpdate, ToolUpdate, Updated, UpdateRequest } from '@image-tooling/pipeline';

/** Returns the last lines of an update: from → to of each tool, what images it reaches, and each changed package. */
export function updatedLines(
  { tools, images, files }: Updated,
  { dryRun }: Pick<UpdateRequest, 'dryRun'>,
): string[] {
  const changed = images.filter(({ isChanged }) => isChanged);
  return [
    ...aligned(tools.map(toolRow)),
    ...tools.flatMap(unusableLines),
    ...changed.flatMap(imageLines),
    ...(images.length > changed.length
      ? [`${counted(images.length - changed.length, 'image')} without newer packages`]
      : []),
    summaryLine(files, dryRun),
  ];
}

function toolRow(tool: ToolUpdate): string[] {
  const { name, from, to, source, images } = tool;
  const versions = to === undefined ? from : `${from} → ${to}`;
  const isChanged = to !== undefined || tool.relocked !== undefined;
  const reach = isChanged && images.length > 0 ? [`reaches ${firstNames(images, 6)}`] : [];
  return [name, versions, [...stateOf(tool), `source ${source}`, ...reach].join('; ')];
}

function unusableLines({ name, unusable }: ToolUpdate): string[] {
  return unusable.map(({ version, reason, hint = '' }) =>
    `${name}: ${version} can't be locked: ${reason} ${hint}`.trimEnd(),
  );
}

function stateOf(tool: ToolUpdate): string[] {
  const { to, published, relocked, waiting, beyond } = tool;
  return [
    ...(to === undefined && relocked === undefined ? [whyKept(tool)] : []),
    ...(relocked === undefined ? [] : [relocked]),
    ...(published === undefined ? [] : [`published ${dayOf(published)}`]),
    ...(to !== undefined && published === undefined ? ['without a date'] : []),
    ...(waiting ? [`${waiting.version} is too young until ${dayOf(waiting.until)}`] : []),
    ...(beyond === undefined ? [] : [`${beyond} is a larger step than "update" allows`]),
  ];
}

function whyKept({ isPinned, unusable }: ToolUpdate): string {
  if (isPinned) return 'kept ("update": "none")';
  return unusable.length > 0 ? 'no newer version can be locked' : 'no newer version';
}

function imageLines({ name, packages }: ImageUpdate): string[] {
  const what =
    packages.length > 0 ? counted(packages.length, 'package') : 'locked again, without other packages';
  return [`${name}: ${what}`, ...aligned(packages.map(packageRow))];
}

function packageRow({ name, from = 'new', to = 'removed', platforms }: PackageChange): string[] {
  return [`  ${name}`, `${from} → ${to}`, platforms.map((one) => one.replace('linux/', '')).join(', ')];
}

function summaryLine(files: readonly string[], dryRun: boolean): string {
  if (files.length === 0) return 'Nothing to update.';
  const count = counted(files.length, 'file');
  return dryRun ? `${count} would be written (--dry-run).` : `${count} written: check them with "git diff".`;
}

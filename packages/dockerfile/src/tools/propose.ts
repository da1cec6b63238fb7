import { parseTool, type Arch, type Workspace } from '@image-tooling/model';
import type { Findings } from '../findings';
import { whatIsUnknown } from '../shell/value';
import type { Stage } from '../stage';
import type { Outcome, ProposedTool } from '../types';
import { existingTool } from './existing';
import { installedPrograms } from './installed';
import { nameOf } from './names';
import { releaseOf, releaseTool, type Program } from './release-tool';
import type { ReleaseTemplate } from './template';

/** A Dockerfile read for each processor. */
export type Readings = Readonly<Record<Arch, Stage>>;

/** What an image gets as tools. */
export interface ToolsOfImage {
  /** Names for image.json. */
  readonly names: readonly string[];
  readonly written: readonly ProposedTool[];
  /** Whether the Dockerfile itself names files for amd64 alone. */
  readonly isForAmd64Only: boolean;
}

export interface ToolSetting {
  readonly findings: Findings;
  readonly workspace: Workspace;
  /** Names that tools can't have. */
  readonly taken: ReadonlySet<string>;
}

/** What a program becomes: a tool of the workspace, one to write, or none. */
interface Made {
  readonly outcome: Outcome;
  readonly name?: string;
  readonly written?: ProposedTool;
  readonly isForAmd64Only?: boolean;
}

/** Makes tools of the programs that were fetched. Tells the findings of every download. */
export function proposeTools(readings: Readings, setting: ToolSetting): ToolsOfImage {
  const programs = programsOf(readings, setting);
  const made = programs.map((program) => make(program, readings.amd64, setting));
  programs.forEach((program, index) => settle(program, made[index]!.outcome, setting.findings));
  return {
    names: made.flatMap(({ name }) => name ?? []),
    written: made.flatMap(({ written }) => written ?? []),
    isForAmd64Only: made.some(({ isForAmd64Only }) => isForAmd64Only),
  };
}

/** One for each name, in their order; what only arm64 has is left. */
function programsOf({ amd64, arm64 }: Readings, { taken, findings }: ToolSetting): Program[] {
  const others = new Map(installedPrograms(arm64).map((one) => [nameOf(one, taken), one]));
  const ones = new Map(installedPrograms(amd64).map((one) => [nameOf(one, taken), one]));
  for (const [name, { download }] of others)
    if (!ones.has(name))
      for (const piece of download.pieces)
        findings.left(
          piece,
          'it is for arm64 alone',
          'Tools are for all platforms: write a tool.json with both.',
        );
  return [...ones]
    .map(([name, one]) => ({ name, amd64: one, arm64: others.get(name) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function make(program: Program, stage: Stage, { findings, workspace }: ToolSetting): Made {
  const release = releaseOf(program);
  const existing = existingTool(program.name, program.amd64, workspace);
  if (existing) {
    askAboutVersion(existing.name, existing.definition.version, { program, release, findings });
    return { name: existing.name, outcome: reused(existing.name) };
  }
  if (!release) return { outcome: withoutVersion(program) };
  if (!release.url.startsWith('https://')) return { outcome: withoutTls(program) };
  const written = releaseTool(program, release, stage);
  const refused = refusal(written);
  if (refused) return { outcome: refused };
  askAbout(program, release, findings);
  return {
    name: program.name,
    written,
    isForAmd64Only: release.guessesArm64,
    outcome: { kind: 'carried', where: `tools/${program.name}/tool.json` },
  };
}

/** What is said of a program that the workspace has as a tool. */
export function reused(name: string): Outcome {
  return { kind: 'carried', where: `"tools" of image.json: ${name}, which the workspace has` };
}

function withoutVersion({ name, amd64: { download } }: Program): Outcome {
  const why = download.unknown.length > 0 ? whatIsUnknown(download) : 'its address names no version';
  const todo = `Write a tool of one version: "npx nx g @image-tooling/nx:tool ${name} --release <address with the version in it>".`;
  return { kind: 'left', why, todo };
}

function withoutTls({ name, amd64: { download } }: Program): Outcome {
  const todo = `Find an https:// address of ${download.url} and write tools/${name}/tool.json.`;
  return { kind: 'left', why: 'only https:// addresses are fetched', todo };
}

/** Why a definition that follows from an address can't be: a kind of file that can't be read, for one. */
function refusal({ name, definition }: ProposedTool): Outcome | undefined {
  const file = `tools/${name}/tool.json`;
  const parsed = parseTool(file, JSON.stringify(definition));
  if (parsed.ok) return undefined;
  const [{ message, hint }] = parsed.failures;
  return {
    kind: 'left',
    why: `${file} can't be that way: ${message.replace(/\.$/, '')}`,
    todo: hint ?? `Write ${file} by hand.`,
  };
}

function askAboutVersion(
  name: string,
  version: string,
  given: {
    readonly program: Program;
    readonly release: ReleaseTemplate | undefined;
    readonly findings: Findings;
  },
): void {
  const { program, release, findings } = given;
  if (release?.version === version) return;
  const wanted = release ? release.version : 'one that only a build can tell';
  findings.ask(
    lineOf(program),
    `${name}: the workspace has ${version}, the Dockerfile ${wanted}. All images share one version; tools/${name}/tool.json says which.`,
  );
}

/** What a person has to add to a tool of which only the address is known. */
export const UNKNOWN_LICENCE =
  'the description and licence are to be written; "NOASSERTION" says that nobody has looked.';

function askAbout(program: Program, release: ReleaseTemplate, findings: Findings): void {
  const ask = (text: string): void =>
    findings.ask(lineOf(program), `tools/${program.name}/tool.json: ${text}`);
  ask(UNKNOWN_LICENCE);
  if (program.amd64.isGuess)
    ask(`the path in the archive (${Object.keys(release.files).join(', ')}) is a guess.`);
  if (release.guessesArm64)
    ask(
      'the Dockerfile names the file of amd64 alone; what the vendor calls arm64 is a guess, and the image is for linux/amd64 only. Add "linux/arm64" to "platforms" once it is right.',
    );
}

function lineOf({ amd64 }: Program): number {
  return Math.min(...[...amd64.download.pieces].map((piece) => piece.line));
}

function settle({ amd64, arm64 }: Program, outcome: Outcome, findings: Findings): void {
  for (const { download } of [amd64, ...(arm64 ? [arm64] : [])])
    for (const piece of download.pieces) findings.add(piece, outcome);
}

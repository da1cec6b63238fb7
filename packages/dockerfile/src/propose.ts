import { PLATFORMS, type Workspace } from '@image-tooling/model';
import { Findings, type Piece } from './findings';
import { proposeConfig, descriptionOf } from './image/config';
import { proposeFiles } from './image/files';
import { proposeDirectories } from './image/directories';
import { inheritedBy } from './image/inherited';
import { proposePackages, importThirdPartyPackages } from './image/packages';
import { SETUID_OF } from './image/renamed';
import { proposeUsers } from './image/users';
import { baseOf } from './instructions/base';
import { readDockerfile } from './read/instructions';
import { readStages, type LastStage } from './read-stages';
import { reportOf } from './report';
import { reportOtherDownloads } from './other-downloads';
import { proposeGoTools } from './tools/go';
import { proposeTools } from './tools/propose';
import type { BuildContext, Proposal } from './types';

export interface ImportRequest {
  /** The name of the image. */
  readonly name: string;
  /** The text of the Dockerfile. */
  readonly text: string;
  readonly context: BuildContext;
  readonly workspace: Workspace;
  /** The folder of the tools, relative to the workspace root. */
  readonly toolsDir: string;
  /** URLs of the apt archives in nx.json. */
  readonly archives?: readonly string[];
  /** The parent. Default: the Dockerfile's image if it has a digest, else the workspace's image that is based on Debian. */
  readonly from?: string | undefined;
  /** Values of ARG instructions. */
  readonly args?: Readonly<Record<string, string>>;
}

/**
 * Returns definitions that replace a Dockerfile, without running it. Never fails: the report lists what could not be
 * imported, line by line.
 */
export function proposeImage(request: ImportRequest): Proposal {
  const { name, workspace, toolsDir } = request;
  const findings = new Findings();
  const file = readDockerfile(request.text);
  const read = (arch: 'amd64' | 'arm64'): LastStage =>
    readStages(file, { findings, context: request.context, arch, args: request.args ?? {} });
  const [first, second] = [read('amd64'), read('arm64')];
  const readings = { amd64: first.stage, arm64: second.stage };
  const base = chooseBase(first, request, findings);
  const inherited = inheritedBy(base.from, workspace);

  const taken = new Set([...workspace.images.keys(), name]);
  const input = { findings, workspace, taken, toolsDir };
  const downloaded = proposeTools(readings, input);
  const built = proposeGoTools(first.stage, input);
  const thirdParty = importThirdPartyPackages(
    first.stage,
    new Set(workspace.tools.keys()),
    request.archives ?? [],
    findings,
  );
  const toolNames = [...new Set([...downloaded.names, ...built.names, ...thirdParty.tools])].sort();
  const { users, known } = proposeUsers(first.stage, inherited, findings);
  const { files, modes } = proposeFiles(first.stage, findings);
  const paths = files.map(({ path }) => path);
  const directories = proposeDirectories(first.stage, { users: known, inherited, files: paths }, findings);
  const packages = proposePackages(readings, inherited, [...base.packages, ...thirdParty.packages], findings);
  const setuid = packages.flatMap((one) => SETUID_OF[one] ?? []);
  const config = proposeConfig(
    first.stage,
    { users: known, tools: toolNames, inherited, toolsDir },
    findings,
  );
  const platforms = inherited.platforms.filter((one) => one === 'linux/amd64' || !downloaded.isForAmd64Only);
  reportOtherDownloads(readings, findings);
  const tools = toolNames.filter((tool) => !inherited.tools.has(tool));
  const image = {
    description: descriptionOf(first.stage) ?? `${name}, imported from a Dockerfile`,
    from: base.from,
    ...(packages.length > 0 && { packages }),
    ...(tools.length > 0 && { tools }),
    ...(files.length > 0 && { files: 'rootfs' }),
    ...(Object.keys(modes).length > 0 && { modes }),
    ...(users.length > 0 && { users }),
    ...(directories.length > 0 && { directories }),
    ...(Object.keys(config).length > 0 && { config }),
    ...(setuid.length > 0 && { setuid }),
    ...(platforms.length < PLATFORMS.length && { platforms }),
  };
  return { image, tools: [...downloaded.written, ...built.written], files, report: reportOf(findings) };
}

function chooseBase({ base }: LastStage, { workspace, from }: ImportRequest, findings: Findings) {
  const nowhere: Piece = { line: 0, endLine: 0, text: '(no FROM)', offset: -1 };
  if (!base) findings.ask(0, 'The Dockerfile has no FROM.');
  return baseOf(base?.reference ?? 'debian', base?.piece ?? nowhere, {
    workspace,
    findings: base ? findings : new Findings(),
    from,
  });
}

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mustRun } from '@image-tooling/host';
import { archOf, platformFolder, platformOfNode, type ToolDefinition } from '@image-tooling/model';
import { keptFile, valueOf } from '@image-tooling/testkit/helpers';
import { REPOSITORY } from './repository';

const NAME = 'kube-apiserver';
const PLATFORM = platformOfNode(process.arch) ?? 'linux/amd64';
/** With the packages of kubectl compiled, it takes 14 minutes on two busy cores. */
const BUILD_SECONDS = 2 * 3600;

/**
 * Returns the path of the API server of the version that our kubectl has. This repository's own pipeline builds it from
 * its Go module, as it builds kubectl, at a low priority; the program is kept.
 */
export async function kubeApiserver(): Promise<string> {
  const kubectl = JSON.parse(
    await readFile(join(REPOSITORY, 'tools/kubectl/tool.json'), 'utf8'),
  ) as ToolDefinition;
  return keptFile(`${NAME}-${kubectl.version}-${archOf(PLATFORM)}`, async (work) => {
    await writeWorkspace(work, kubectl);
    const launcher = join(REPOSITORY, 'packages/cli/bin/image-tooling.cjs');
    for (const verb of ['lock', 'build']) {
      const argv = ['nice', process.execPath, launcher, verb, NAME] as const;
      valueOf(await mustRun({ argv, cwd: work, timeoutSeconds: BUILD_SECONDS }));
    }
    const layer = join(work, 'tools', NAME, 'dist', platformFolder(PLATFORM), 'layer.blob');
    const program = `usr/local/bin/${NAME}`;
    valueOf(await mustRun({ argv: ['tar', '-xzf', layer, '-C', work, program] }));
    return join(work, program);
  });
}

/** A workspace with one tool: kubectl's definition, for another command of the same module. */
async function writeWorkspace(folder: string, kubectl: ToolDefinition): Promise<void> {
  const { description, homepage, license, version, sources } = kubectl;
  const go = { ...sources.go, package: `k8s.io/kubernetes/cmd/${NAME}` };
  const checks = [{ run: [NAME, '--version'], stdout: '^Kubernetes v{version}$' }];
  const tool = { description, homepage, license, version, sources: { go }, checks };
  const plugin = { plugin: '@image-tooling/nx', options: { toolSource: 'registry', compression: 'gzip' } };
  for (const [path, content] of [
    [`tools/${NAME}/tool.json`, tool],
    ['nx.json', { plugins: [plugin] }],
  ] as const) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), JSON.stringify(content, null, 2));
  }
}

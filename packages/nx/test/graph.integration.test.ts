import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { ProjectGraph } from '@nx/devkit';
import { makeWorkspace, nxJson, type Workspace } from './workspace';

let workspace: Workspace;
/** The graph of the workspace, which has everything that a graph must survive. */
let found: ProjectGraph;

const ODD_NAME = "My Image; it's";

beforeAll(async () => {
  workspace = makeWorkspace();
  workspace.write('images/broken/image.json', '{ "from": { "image": "base" } "tools": [');
  workspace.write('images/empty/image.json', '');
  workspace.write('images/orphan/image.json', {
    from: { image: 'missing' },
    tools: ['nothing', 'constructor', 'helm'],
  });
  workspace.write('images/self/image.json', { from: { image: 'self' } });
  workspace.write('tools/base/tool.json', { description: 'of one name' });
  workspace.write('packages/server/project.json', { name: 'server' });
  workspace.write('tools/app/tool.json', {
    sources: { workspace: { inputs: ['packages/server/src', 'packages/serve', 'LICENSE'] } },
  });
  workspace.write(`images/${ODD_NAME}/image.json`, { from: { image: 'missing' } });
  found = await graph();
});
afterAll(() => workspace.remove());

async function graph(): Promise<ProjectGraph> {
  expect(await workspace.nx('graph --file=graph.json')).toMatchObject({ exitCode: 0 });
  return (JSON.parse(readFileSync(join(workspace.root, 'graph.json'), 'utf8')) as { graph: ProjectGraph })
    .graph;
}

function edges({ dependencies }: ProjectGraph): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(dependencies).map(([name, to]) => [name, to.map((edge) => edge.target).sort()]),
  );
}

describe('the project graph', () => {
  it('has an edge from an image to its parent and to each of its tools; broken files and names have none', () => {
    expect(edges(found)).toEqual({
      base: [],
      helm: [],
      k8s: ['base', 'helm', 'kubectl'],
      'k8s-aws': ['k8s'],
      kubectl: [],
      // Of which the beginning can be read.
      broken: ['base'],
      empty: [],
      orphan: ['helm'],
      self: [],
      // A tool with the name of an image.
      'base-tool': [],
      [ODD_NAME]: [],
      // Built from files of a project.
      app: ['server'],
      server: [],
    });
  });

  it('has the folder, tag and description of each', () => {
    expect(found.nodes['k8s']?.data).toMatchObject({
      root: 'images/k8s',
      tags: ['type:image'],
      metadata: { description: 'Kubernetes' },
    });
    expect(found.nodes['helm']?.data.tags).toEqual(['type:tool']);
    expect(found.nodes['base-tool']?.data.root).toBe('tools/base');
  });

  it('follows an edit, and keeps the edges of files that did not change', async () => {
    workspace.write('images/k8s-aws/image.json', { from: { image: 'base' }, tools: ['helm'] });
    expect(edges(await graph())).toEqual({ ...edges(found), 'k8s-aws': ['base', 'helm'] });
  });

  it('leaves the message about a broken file to its task, which runs', async () => {
    const { exitCode, output } = await workspace.nx('run empty:build-amd64');
    expect(exitCode).not.toBe(0);
    expect(output).toContain('Unexpected end of JSON input');
    expect(workspace.calls()).toEqual(['build empty --platform linux/amd64']);
  });

  it('leaves messages about names to the tasks, which hand them over as they are', async () => {
    await workspace.nx(['run-many', '-t', 'lock', '-p', `base-tool,${ODD_NAME}`]);
    expect(workspace.calls()).toEqual([`lock ${ODD_NAME}`, 'lock base']);
  });

  it('looks in the folders of the options', async () => {
    workspace.write('nx.json', nxJson({ imagesDir: 'deep/pictures' }));
    onTestFinished(() => workspace.write('nx.json', nxJson({})));
    workspace.write('deep/pictures/one/image.json', { from: { debian: 'trixie' }, tools: ['helm'] });
    expect(edges(await graph())).toEqual({
      one: ['helm'],
      ...{ base: [], helm: [], kubectl: [] },
      ...{ app: ['server'], server: [] },
    });
  });

  it('names the images of a cycle', async () => {
    workspace.write('images/a/image.json', { from: { image: 'b' } });
    workspace.write('images/b/image.json', { from: { image: 'a' } });
    const { exitCode, output } = await workspace.nx('run a:build-amd64');
    expect(exitCode).not.toBe(0);
    expect(output).toContain('a:build-amd64 --> b:build-amd64 --> a:build-amd64');
  });
});

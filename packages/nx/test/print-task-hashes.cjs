// Prints the hash of each task of the images and tools of the workspace in the current folder, as JSON. Nx hashes with
// these functions too. FAKE_ARCH: what Node says of the processor while the plugin infers targets.
const { createRequire } = require('node:module');
const { join } = require('node:path');
const nx = createRequire(join(process.cwd(), 'nx.json'));

const TARGETS = ['build-amd64', 'build-arm64', 'test-amd64', 'test-arm64'];

async function print() {
  const { createProjectGraphAsync } = nx('nx/src/project-graph/project-graph');
  const { createTaskGraph } = nx('nx/src/tasks-runner/create-task-graph');
  const { createTaskHasher } = nx('nx/src/hasher/create-task-hasher');
  const { readNxJson } = nx('nx/src/config/nx-json');
  // Nx itself has loaded its native code for the real one.
  if (process.env.FAKE_ARCH) Object.defineProperty(process, 'arch', { value: process.env.FAKE_ARCH });
  const graph = await createProjectGraphAsync({ exitOnError: true });
  const projects = Object.values(graph.nodes).filter(({ data }) =>
    data.tags?.some((tag) => tag.startsWith('type:')),
  );
  const names = projects.map(({ name }) => name);
  const taskGraph = createTaskGraph(graph, {}, names, TARGETS, undefined, {});
  const tasks = Object.values(taskGraph.tasks);
  const hashes = await createTaskHasher(graph, readNxJson()).hashTasks(tasks, taskGraph, process.env);
  const rows = tasks.map(({ id }, at) => [id, hashes[at].value]).sort(([a], [b]) => (a < b ? -1 : 1));
  process.stdout.write(
    JSON.stringify({ arch: process.arch, uid: process.getuid(), hashes: Object.fromEntries(rows) }),
  );
}

print().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);

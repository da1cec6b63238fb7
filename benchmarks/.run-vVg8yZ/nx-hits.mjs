// benchmarks/nx-hits.ts
import { mkdirSync as mkdirSync2, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as join2 } from "node:path";

// benchmarks/lib/measure.ts
async function inTurns(rounds, contestants) {
  const timings = new Map(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const contestant of contestants) timings.get(contestant.name).push(await seconds(contestant));
  return timings;
}
async function seconds({ prepare, run }) {
  await prepare?.();
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1e3;
}
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// benchmarks/lib/report.ts
import { availableParallelism, cpus, loadavg } from "node:os";
function report(timings, limits) {
  console.log(`${cpus()[0]?.model ?? "unknown processor"}, ${availableParallelism()} cores, ${machineLoad()}
`);
  console.log(table(["measured", "median", "each run"], [...timings].map(timingRow)));
  if (limits.length > 0) console.log(`
${table(["limit", "value", "at most", ""], limits.map(limitRow))}`);
  if (limits.some((limit) => !holds(limit))) process.exitCode = 1;
}
function ratio(timings, over, under) {
  return medianOf(timings, over) / medianOf(timings, under);
}
function medianOf(timings, name) {
  const values = timings.get(name);
  if (!values) throw new Error(`nothing called "${name}" was measured`);
  return median(values);
}
function machineLoad() {
  return `load ${loadavg()[0].toFixed(1)}`;
}
function timingRow([name, values]) {
  return [name, `${median(values).toFixed(2)} s`, values.map((value) => value.toFixed(2)).join(" ")];
}
function limitRow(limit) {
  const unit = limit.unit ?? "";
  return [limit.name, limit.value.toFixed(2) + unit, limit.atMost + unit, holds(limit) ? "holds" : "OVER"];
}
function holds({ value, atMost }) {
  return value <= atMost;
}
function table(head, rows) {
  const widths = head.map(
    (title, column) => Math.max(title.length, ...rows.map((row) => row[column].length))
  );
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

// benchmarks/lib/workspace.ts
import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

// benchmarks/lib/programs.ts
import { spawnSync } from "node:child_process";
function runProgram(argv, options = {}) {
  const [program, ...args] = argv;
  const { cwd, env = process.env } = options;
  const done = spawnSync(program, args, { cwd, env, encoding: "utf8", maxBuffer: 2 ** 28 });
  if (done.error) throw done.error;
  if (done.status === 0) return done.stdout;
  throw new Error(`${argv.join(" ")} ended with ${done.status}
${done.stdout}${done.stderr}`.slice(-4e3));
}

// benchmarks/lib/workspace.ts
var REPOSITORY = process.cwd();
var NX = join(REPOSITORY, "node_modules", ".bin", "nx");
function copyWorkspace(to) {
  const tracked = runProgram(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  const built = runProgram(["find", "tools", "-path", "*/dist/*", "-type", "f", "-print0"]);
  for (const file of `${tracked}${built}`.split("\0").filter((name) => name !== "" && existsSync(name))) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    cpSync(file, join(to, file));
  }
  symlinkSync(join(REPOSITORY, "node_modules"), join(to, "node_modules"));
}
function copyWithTrue(from, to) {
  copyWorkspace(to);
  const graph = JSON.parse(nx(from, ["graph", "--file=stdout"]));
  for (const { data } of Object.values(graph.graph.nodes)) {
    const targets = Object.entries(data.targets).map(([name, target]) => [name, withTrue(target)]);
    const implicitDependencies = (graph.graph.dependencies[data.name] ?? []).map(({ target }) => target);
    write(join(to, data.root, "project.json"), {
      name: data.name,
      targets: Object.fromEntries(targets),
      implicitDependencies: implicitDependencies.filter((name) => name in graph.graph.nodes)
    });
  }
  const { plugins: _, ...nxJson } = JSON.parse(runProgram(["cat", join(to, "nx.json")]));
  write(join(to, "nx.json"), nxJson);
}
function nx(workspace, args, env = {}) {
  return runProgram([NX, ...args], { cwd: workspace, env: { ...process.env, NO_COLOR: "1", ...env } });
}
function allHits(output) {
  const found = /read the output from the cache instead of running the command for (\d+) out of (\d+) tasks/.exec(
    output
  );
  return found !== null && found[1] === found[2];
}
function withTrue(target) {
  return target["executor"] === "nx:run-commands" ? { ...target, options: { command: "true" } } : target;
}
function write(file, value) {
  writeFileSync(file, JSON.stringify(value, void 0, 2));
}

// benchmarks/nx-hits.ts
var ROUNDS = Number(process.argv[2] ?? 7);
var BUILD = ["run-many", "-t", "build"];
var DAEMON = { on: { NX_DAEMON: "true" }, off: { NX_DAEMON: "false" } };
var folder = mkdtempSync(join2(tmpdir(), "nx-hits-"));
var ours = join2(folder, "ours");
var withTrue2 = join2(folder, "with-true");
var store = { IMAGE_STORE: join2(folder, "store") };
try {
  mkdirSync2(ours);
  copyWorkspace(ours);
  copyWithTrue(ours, withTrue2);
  for (const workspace of [ours, withTrue2]) nx(workspace, BUILD, { ...DAEMON.on, ...store });
  const timings = await inTurns(ROUNDS, [
    hits("true, daemon", withTrue2, DAEMON.on),
    hits("build, daemon", ours, DAEMON.on),
    hits("true, no daemon", withTrue2, DAEMON.off),
    hits("build, no daemon", ours, DAEMON.off)
  ]);
  report(timings, [
    { name: "build / true, daemon", value: ratio(timings, "build, daemon", "true, daemon"), atMost: 1.5 },
    {
      name: "build / true, no daemon",
      value: ratio(timings, "build, no daemon", "true, no daemon"),
      atMost: 1.5
    }
  ]);
} finally {
  for (const workspace of [ours, withTrue2]) nx(workspace, ["daemon", "--stop"]);
  rmSync(folder, { recursive: true, force: true });
}
function hits(name, workspace, daemon) {
  return {
    name,
    run() {
      const output = nx(workspace, BUILD, { ...daemon, ...store });
      if (!allHits(output)) throw new Error(`${name}: not every task was a hit
${output}`);
    }
  };
}

import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { folderOf, writeAs } from '../behaviour';
import type { Check } from '../each-engine';
import type { RealEngine } from '../real-engines';
import { USER, type Cluster } from '../services/cluster';
import { program } from '../rig';
import { REPOSITORY } from '../services/repository';
import { aliasOf, outputOf, stateOf, toolboxOf } from './caller';

/** Calls of kubectl and helm in an image; `at` gives what was started. */
export function checkKubectl(check: Check, image: (engine: RealEngine) => string, at: () => Cluster): void {
  check('kubectl talks to an API server at 127.0.0.1 through an untouched kubeconfig', async (engine) => {
    const file = writeAs(engine, '.kube/config', kubeconfigOf(at()));
    const before = await stateOf(file);
    const toolbox = toolboxOf(engine, image(engine));
    for (const keep of [[], ['--keep=60']]) {
      const name = `settings-${slugOf(engine)}-${keep.length}`;
      const kubectl = (...words: readonly string[]) => outputOf(toolbox([...keep, 'kubectl', ...words]));
      expect(kubectl('get', 'namespaces', '--output=name').split('\n')).toEqual(
        expect.arrayContaining(['namespace/default', 'namespace/kube-system']),
      );
      kubectl('create', 'configmap', name, '--from-literal=colour=grün');
      expect(kubectl('get', 'configmap', name, '--output=jsonpath={.data.colour}')).toBe('grün');
      const asked = JSON.parse(kubectl('auth', 'whoami', '--output=json')) as WhoAmI;
      expect(asked.status.userInfo.username).toBe(USER.name);
      expect(asked.status.userInfo.groups).toContain(USER.group);
    }
    expect(await stateOf(file)).toEqual(before);
    expect(statSync(join(engine.home, '.kube/cache')).uid).toBe(engine.uid);
  });

  check('an alias of kubectl takes files of the folder, standard input and KUBECONFIG', async (engine) => {
    const kubectl = await aliasOf(engine, image(engine), 'kubectl');
    const file = writeAs(engine, 'andere Zugänge/cluster.yaml', kubeconfigOf(at()));
    const before = await stateOf(file);
    const place = { env: { KUBECONFIG: file }, cwd: folderOf(engine, 'ein Ordner, für alles') };
    const name = `applied-${slugOf(engine)}`;
    writeAs(engine, 'ein Ordner, für alles/map ü.yaml', configMap(name, 'one'));
    expect(outputOf(kubectl(['apply', '-f', 'map ü.yaml'], place))).toBe(`configmap/${name} created\n`);
    const changed = kubectl(['apply', '-f', '-'], { ...place, input: configMap(name, 'two') });
    expect(outputOf(changed)).toBe(`configmap/${name} configured\n`);
    const read = kubectl(['get', 'configmap', name, '--output=jsonpath={.data.value}'], place);
    expect(outputOf(read)).toBe('two');
    expect(await stateOf(file)).toEqual(before);
  });

  check('kubectl refuses a server that its kubeconfig does not trust', (engine) => {
    const { otherAuthority } = at();
    const file = writeAs(engine, 'untrusted.yaml', kubeconfigOf(at(), otherAuthority.cert));
    const call = toolboxOf(engine, image(engine));
    const refused = call(['kubectl', 'get', 'namespaces'], { env: { KUBECONFIG: file } });
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain('certificate signed by unknown authority');
    const without = call(['--without', 'kube', 'kubectl', 'get', 'namespaces'], {
      env: { KUBECONFIG: file },
    });
    expect(without.exitCode).toBe(1);
    expect(without.stderr).not.toContain('unknown authority');
    const trusted = writeAs(engine, 'trusted.yaml', kubeconfigOf(at()));
    const words = ['--network=none', 'kubectl', 'get', 'namespaces'];
    const unreachable = call(words, { env: { KUBECONFIG: trusted } });
    expect(unreachable).toMatchObject({ exitCode: 1, stdout: '' });
    expect(unreachable.stderr).toMatch(/^The connection to the server \S+ was refused/m);
  });

  check('kubectl trusts the server under the name that virtual machines have for it', (engine) => {
    const file = writeAs(engine, 'rewritten.yaml', kubeconfigOf(at()));
    program(folderOf(engine, 'macos'), 'uname', 'echo Darwin 25.0.0');
    const env = { KUBECONFIG: file, PATH: `${engine.home}/macos:${engine.env['PATH'] ?? ''}` };
    outputOf(toolboxOf(engine, image(engine))(['--print', 'kubectl', 'version'], { env }));
    const rewritten = join(engine.home, '.local/share/toolbox/kube/1');
    const [command, ...args] = engine.as([
      ...[engine.env['TOOLBOX_ENGINE']!, 'run', '--rm', '--network=host'],
      ...['--add-host=host.docker.internal:127.0.0.1', '--volume', `${rewritten}:/kubeconfig:ro`],
      ...['--user', engine.name === 'docker' ? `${engine.uid}` : '0', '--entrypoint=kubectl', image(engine)],
      ...['--kubeconfig=/kubeconfig', 'get', 'namespaces', '--output=name', '--v=6'],
    ]);
    const ran = spawnSync(command, args, { cwd: engine.home, env: engine.env, encoding: 'utf8' });
    expect(ran).toMatchObject({ status: 0, stdout: expect.stringContaining('namespace/default') as string });
    expect(ran.stderr).toContain(`https://host.docker.internal:${new URL(at().url).port}/`);
  });

  check('kubectl writes to a kubeconfig when it is asked to', (engine) => {
    const file = writeAs(engine, 'written.yaml', kubeconfigOf(at()));
    const env = { KUBECONFIG: file };
    const call = toolboxOf(engine, image(engine));
    outputOf(call(['kubectl', 'config', 'set-context', '--current', '--namespace=kube-system'], { env }));
    expect(readFileSync(file, 'utf8')).toContain('namespace: kube-system');
    expect(statSync(file).uid).toBe(engine.uid);
    expect(outputOf(call(['kubectl', 'get', 'configmaps', '--output=name'], { env }))).toContain(
      'configmap/extension-apiserver-authentication',
    );
  });

  check('the server takes the manifests of the documentation', (engine) => {
    const env = { KUBECONFIG: writeAs(engine, 'manifests.yaml', kubeconfigOf(at())) };
    const namespace = `docs-${slugOf(engine)}`;
    const kubectl = (...words: readonly string[]) =>
      outputOf(toolboxOf(engine, image(engine))(['kubectl', '--namespace', namespace, ...words], { env }));
    kubectl('create', 'namespace', namespace);
    writeAs(
      engine,
      'project/app.yaml',
      readFileSync(join(REPOSITORY, 'docs/patterns/kind/app.yaml'), 'utf8'),
    );
    expect(kubectl('apply', '--filename=app.yaml', '--output=name')).toBe(
      'deployment.apps/app\nservice/app\ningress.networking.k8s.io/app\n',
    );
    expect(kubectl('get', 'service', 'app', '--output=jsonpath={.spec.clusterIP}')).toMatch(/^10\.0\.0\./);
    expect(kubectl('diff', '--filename=app.yaml')).toBe('');
  });

  check('helm installs a chart of the folder, which kubectl then sees', (engine) => {
    const env = { KUBECONFIG: writeAs(engine, 'helm.yaml', kubeconfigOf(at())) };
    const release = `chart-${slugOf(engine)}`;
    writeAs(engine, 'project/chart/Chart.yaml', 'apiVersion: v2\nname: chart\nversion: 0.1.0\n');
    writeAs(
      engine,
      'project/chart/templates/map.yaml',
      configMap('{{ .Release.Name }}', '{{ .Values.value }}'),
    );
    const call = toolboxOf(engine, image(engine));
    outputOf(call(['helm', 'install', release, './chart', '--set', 'value=from-helm'], { env }));
    const read = call(['kubectl', 'get', 'configmap', release, '--output=jsonpath={.data.value}'], { env });
    expect(outputOf(read)).toBe('from-helm');
  });
}

interface WhoAmI {
  readonly status: { readonly userInfo: { readonly username: string; readonly groups: readonly string[] } };
}

const slugOf = ({ name }: RealEngine): string => name.replace(' ', '-');

function configMap(name: string, value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  value: ${value}\n`;
}

/** In the form that kind writes. @param authority the certificate that is trusted */
function kubeconfigOf({ url, authority, user }: Cluster, trusted = authority.cert): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${base64(trusted)}
    server: ${url}
  name: kind-test
contexts:
- context:
    cluster: kind-test
    user: kind-test
  name: kind-test
current-context: kind-test
kind: Config
preferences: {}
users:
- name: kind-test
  user:
    client-certificate-data: ${base64(user.cert)}
    client-key-data: ${base64(user.key)}
`;
}

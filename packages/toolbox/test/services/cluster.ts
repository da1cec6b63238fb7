import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, valueOf } from '@image-tooling/testkit/helpers';
import { startDaemon, type Daemon } from '@image-tooling/testkit/interop';
import { trixiePrograms } from '@image-tooling/testkit/programs';
import { makeAuthority, makeSignedCertificate, type SignedCertificate } from './certificates';
import { kubeApiserver } from './kube-apiserver';

const SECONDS_TO_START = 180;
/** As in certificates of kubeadm: the user, and the group that may do everything. */
export const USER = { name: 'ada', group: 'system:masters' };

/** A Kubernetes API server with its etcd; nothing runs pods. */
export interface Cluster extends Daemon {
  /** https://127.0.0.1:<port> */
  readonly url: string;
  /** Signed the server's certificate, and is trusted by the server. */
  readonly authority: SignedCertificate;
  /** Signed nothing. */
  readonly otherAuthority: SignedCertificate;
  readonly user: SignedCertificate;
}

/** Starts etcd and kube-apiserver, with all their data in a folder that `stop` removes. */
export async function startCluster(): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'toolbox-cluster-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const etcd = await startEtcd(folder);
    const server = await startServer(folder, etcd.url).catch(async (error: unknown) => {
      await etcd.stop();
      throw error;
    });
    const stop = async (): Promise<void> => {
      await server.stop();
      await etcd.stop();
      await remove();
    };
    return { ...server, stop };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function startEtcd(folder: string): Promise<Daemon & { readonly url: string }> {
  const program = await trixiePrograms(['etcd-server', 'libc6']);
  const [url, peers] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
  const options = {
    'data-dir': join(folder, 'etcd'),
    'listen-client-urls': url,
    'advertise-client-urls': url,
    'listen-peer-urls': peers,
    'initial-advertise-peer-urls': peers,
    'initial-cluster': `default=${peers}`,
    'log-level': 'error',
    'unsafe-no-fsync': 'true',
  };
  const daemon = await startDaemon({
    argv: [...program('etcd'), ...flags(options)] as [string, ...string[]],
    question: () =>
      fetch(`${url}/health`).then(
        ({ ok }) => ok,
        () => false,
      ),
    secondsToAnswer: SECONDS_TO_START,
  });
  return { ...valueOf(daemon), url };
}

async function startServer(folder: string, etcd: string): Promise<Cluster> {
  const certificates = await makeCertificates(folder);
  const { authority, server, accounts } = certificates;
  const port = await freePort();
  const url = `https://127.0.0.1:${port}`;
  const options = {
    'etcd-servers': etcd,
    'bind-address': '127.0.0.1',
    'advertise-address': '127.0.0.1',
    'secure-port': `${port}`,
    'cert-dir': join(folder, 'made'),
    'tls-cert-file': server.certFile,
    'tls-private-key-file': server.keyFile,
    'client-ca-file': authority.certFile,
    'authorization-mode': 'RBAC',
    'service-account-issuer': url,
    'service-account-key-file': accounts.certFile,
    'service-account-signing-key-file': accounts.keyFile,
    'service-cluster-ip-range': '10.0.0.0/24',
    'disable-admission-plugins': 'ServiceAccount',
    'endpoint-reconciler-type': 'none',
  };
  const daemon = await startDaemon({
    argv: [await kubeApiserver(), ...flags(options)],
    question: () => isReady(`${url}/readyz`, authority.cert),
    secondsToAnswer: SECONDS_TO_START,
  });
  return { ...valueOf(daemon), url, ...certificates };
}

async function makeCertificates(folder: string) {
  const authority = await makeAuthority(folder, 'authority');
  const otherAuthority = await makeAuthority(folder, 'other-authority');
  const of = (name: string, extensions: readonly string[], subject?: string) =>
    makeSignedCertificate(folder, { name, signer: authority, extensions, ...(subject && { subject }) });
  const server = await of('server', ['subjectAltName = IP:127.0.0.1', 'extendedKeyUsage = serverAuth']);
  const subject = `/O=${USER.group}/CN=${USER.name}`;
  const user = await of('user', ['extendedKeyUsage = clientAuth'], subject);
  const accounts = await of('accounts', []);
  return { authority, otherAuthority, server, user, accounts };
}

const flags = (options: Readonly<Record<string, string>>): string[] =>
  Object.entries(options).map(([name, value]) => `--${name}=${value}`);

/** Asks without a log-in: everyone may know whether the server is ready (system:public-info-viewer). */
function isReady(url: string, ca: string): Promise<boolean> {
  return new Promise((resolve) => {
    request(url, { ca, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    })
      .on('error', () => resolve(false))
      .end();
  });
}

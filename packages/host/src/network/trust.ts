import { accessSync, constants } from 'node:fs';
import { readFile, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { SecureContext } from 'node:tls';
import { mapConcurrent } from '../concurrent';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where systems store their trusted certificate authorities (Go's crypto/x509, root_linux.go and root_darwin.go). */
const SYSTEM_FILES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

const VARIABLES = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'] as const;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

const kept = new Map<string, Promise<SecureContext>>();

/**
 * Returns the certificate authorities for https: Node's own, those of NODE_EXTRA_CA_CERTS, and the system's, or those
 * of SSL_CERT_FILE and SSL_CERT_DIR if set. Unreadable files are ignored; `trustHint` names them.
 */
export function trustOf(env: Environment): Promise<SecureContext> {
  const key = JSON.stringify(VARIABLES.map((name) => env[name]));
  const known = kept.get(key) ?? readTrust(env);
  kept.set(key, known);
  return known;
}

/** Returns the hint for an untrusted certificate. */
export function trustHint(env: Environment): string {
  const unreadable = VARIABLES.filter((name) => valueOf(env, name) !== '' && !isReadable(valueOf(env, name)));
  const [first] = unreadable;
  if (first !== undefined) return `${first} names "${valueOf(env, first)}", which can't be read: fix that.`;
  return 'Name the PEM file of its certificate authority in NODE_EXTRA_CA_CERTS or SSL_CERT_FILE.';
}

/** Codes for a certificate that Node does not trust (node:tls, "X509 certificate error codes"). */
export function isUntrusted(code: string): boolean {
  return /CERT|UNABLE_TO_|SELF_SIGNED|HOSTNAME_MISMATCH/.test(code);
}

async function readTrust(env: Environment): Promise<SecureContext> {
  const { createSecureContext, rootCertificates } = await import('node:tls');
  const texts = await Promise.all([readText(valueOf(env, 'NODE_EXTRA_CA_CERTS')), systemText(env)]);
  const more = texts.flatMap((text) => text.match(CERTIFICATE) ?? []);
  const distinct = new Map([...rootCertificates, ...more].map((pem) => [pem.replace(/\s/g, ''), pem]));
  return createSecureContext({ ca: [...(await wellFormed([...distinct.values()]))] });
}

/** One broken certificate would make OpenSSL refuse all of them. */
async function wellFormed(certificates: readonly string[]): Promise<string[]> {
  const { X509Certificate } = await import('node:crypto');
  const { rootCertificates } = await import('node:tls');
  const builtIn = new Set(rootCertificates);
  return certificates.filter((pem) => {
    if (builtIn.has(pem)) return true;
    try {
      return new X509Certificate(pem).raw.length > 0;
    } catch {
      return false;
    }
  });
}

async function systemText(env: Environment): Promise<string> {
  const [file, folders] = [valueOf(env, 'SSL_CERT_FILE'), valueOf(env, 'SSL_CERT_DIR')];
  if (file === '' && folders === '') return firstText(SYSTEM_FILES);
  const texts = [readText(file), ...folders.split(':').map(readFolder)];
  return (await Promise.all(texts)).join('\n');
}

async function firstText(files: readonly string[]): Promise<string> {
  for (const file of files) {
    const text = await readText(file);
    if (text !== '') return text;
  }
  return '';
}

async function readFolder(folder: string): Promise<string> {
  const names = folder === '' ? [] : await readdir(folder).catch(() => []);
  return (await mapConcurrent(names, (name) => readOnce(folder, name))).join('\n');
}

/** `c_rehash` adds a link with a hash as name for each file, in the same folder. */
async function readOnce(folder: string, name: string): Promise<string> {
  const link = await readlink(join(folder, name)).catch(() => '/');
  return link.includes('/') ? readText(join(folder, name)) : '';
}

async function readText(file: string): Promise<string> {
  return file === '' ? '' : readFile(file, 'utf8').catch(() => '');
}

function isReadable(paths: string): boolean {
  try {
    for (const path of paths.split(':')) accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function valueOf(env: Environment, name: string): string {
  return env[name] ?? '';
}

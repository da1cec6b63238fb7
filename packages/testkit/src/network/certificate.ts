import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '@image-tooling/host';

/** A self-signed certificate: trusted by programs that get `file`. */
export interface Certificate {
  /** Its PEM file. */
  readonly file: string;
  readonly cert: string;
  readonly key: string;
}

/** Makes a certificate for hosts and 127.0.0.1 in a folder, with openssl. Throws if that fails. */
export async function makeCertificate(folder: string, ...hosts: readonly string[]): Promise<Certificate> {
  const [file, keyFile] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  const names = [...hosts.map((host) => `DNS:${host}`), 'IP:127.0.0.1'].join(',');
  const made = await mustRun({
    // prettier-ignore
    argv: ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
      '-subj', '/CN=test', '-addext', `subjectAltName=${names}`, '-keyout', keyFile, '-out', file],
  });
  if (!made.ok) throw new Error(made.failures[0].message);
  return { file, cert: await readFile(file, 'utf8'), key: await readFile(keyFile, 'utf8') };
}

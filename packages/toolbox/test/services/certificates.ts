import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '@image-tooling/host';
import { valueOf } from '@image-tooling/testkit/helpers';

/** A certificate and its key, as PEM files and text. */
export interface SignedCertificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

export interface CertificateRequest {
  /** Of the files; also the common name if there is no `subject`. */
  readonly name: string;
  /** As openssl-req(1), -subj. */
  readonly subject?: string;
  /** Lines of x509v3_config(5). */
  readonly extensions: readonly string[];
  /** Default: it signs itself. */
  readonly signer?: SignedCertificate;
}

/** Makes a certificate with openssl 3, valid for two days. */
export async function makeSignedCertificate(
  folder: string,
  { name, subject = `/CN=${name}`, extensions, signer }: CertificateRequest,
): Promise<SignedCertificate> {
  const [certFile, keyFile, config] = ['pem', 'key', 'cnf'].map((end) => join(folder, `${name}.${end}`)) as [
    string,
    string,
    string,
  ];
  const lines = ['[req]', 'distinguished_name = subject', 'x509_extensions = extensions', '[subject]'];
  await writeFile(config, [...lines, '[extensions]', ...extensions, ''].join('\n'));
  const by = signer ? ['-CA', signer.certFile, '-CAkey', signer.keyFile] : [];
  const made = await mustRun({
    // prettier-ignore
    argv: ['openssl', 'req', '-x509', '-config', config, ...by, '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
      '-nodes', '-days', '2', '-subj', subject, '-keyout', keyFile, '-out', certFile],
  });
  valueOf(made);
  const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
  return { certFile, keyFile, cert, key };
}

/** Makes a certificate authority. */
export function makeAuthority(folder: string, name: string): Promise<SignedCertificate> {
  const extensions = ['basicConstraints = critical, CA:true', 'keyUsage = critical, keyCertSign, cRLSign'];
  return makeSignedCertificate(folder, { name, extensions });
}

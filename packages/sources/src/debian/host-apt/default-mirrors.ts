import type { DebianArchive } from './suites';

/**
 * Public mirrors for hosts whose apt names no mirror of Debian, such as Ubuntu's: two of Debian's country mirrors
 * (www.debian.org/mirror/list), and the security archive's own servers, since Debian advises against other mirrors of
 * it (www.debian.org/security/faq). Signatures and hashes protect what comes over http.
 */
export const DEFAULT_MIRRORS: Readonly<Record<DebianArchive, readonly string[]>> = {
  debian: ['http://ftp.us.debian.org/debian', 'http://ftp.de.debian.org/debian'],
  'debian-security': ['http://security.debian.org/debian-security'],
};

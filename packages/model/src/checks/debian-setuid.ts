/**
 * Programs that Debian 13 (trixie) ships setuid or setgid, by package: those of its required packages and of
 * openssh-client, read from the packages' own files in the archive, and libutempter0, which tmux and screen
 * bring. What any other package brings must be named in "setuid" of an image.json.
 */
export const DEBIAN_SETUID: Readonly<Record<string, readonly string[]>> = {
  'libpam-modules-bin': ['/usr/sbin/unix_chkpwd'],
  libutempter0: [
    '/usr/lib/aarch64-linux-gnu/utempter/utempter',
    '/usr/lib/x86_64-linux-gnu/utempter/utempter',
  ],
  login: ['/usr/bin/newgrp'],
  mount: ['/usr/bin/mount', '/usr/bin/umount'],
  'openssh-client': ['/usr/bin/ssh-agent', '/usr/lib/openssh/ssh-keysign'],
  passwd: [
    '/usr/bin/chage',
    '/usr/bin/chfn',
    '/usr/bin/chsh',
    '/usr/bin/expiry',
    '/usr/bin/gpasswd',
    '/usr/bin/passwd',
  ],
  'util-linux': ['/usr/bin/su'],
};

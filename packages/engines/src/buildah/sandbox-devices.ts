/**
 * Gives a sandbox a /dev of its own: the devices of every container (OCI runtime-spec 1.2, config-linux.md,
 * "Default Devices"), fuse for fuse-overlayfs, and shared memory, message queues and terminals that end with
 * it. buildah binds its /dev into the container: with this machine's, a step could write to the shared
 * memory, and as root to every disk. Needs TMPDIR, a folder of this sandbox alone. A kernel may lack message
 * queues.
 */
export const OWN_DEVICES = `
new=$TMPDIR/dev
mkdir "$new" && mount -t tmpfs -o mode=755,nosuid,noexec tmpfs "$new" || exit 1
for node in null zero full random urandom tty fuse; do
  [ -e "/dev/$node" ] || continue
  : > "$new/$node" && mount --bind "/dev/$node" "$new/$node" || exit 1
done
mkdir "$new/shm" "$new/mqueue" "$new/pts" || exit 1
mount -t tmpfs -o mode=1777,nosuid,nodev,noexec tmpfs "$new/shm" || exit 1
mount -t mqueue mqueue "$new/mqueue" 2> /dev/null || rmdir "$new/mqueue" || exit 1
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$new/pts" || exit 1
ln -s pts/ptmx "$new/ptmx" && ln -s /proc/self/fd "$new/fd" || exit 1
ln -s fd/0 "$new/stdin" && ln -s fd/1 "$new/stdout" && ln -s fd/2 "$new/stderr" || exit 1
mount --rbind "$new" /dev || exit 1
`;

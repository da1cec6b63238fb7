# shellcheck shell=bash
# Greets whoever enters the image, once: not in a shell inside that shell.
if [ -z "${TOOLBOX_GREETED:-}" ] && [ -t 1 ] && command -v toolbox-help > /dev/null; then
  export TOOLBOX_GREETED=1
  toolbox-help
fi

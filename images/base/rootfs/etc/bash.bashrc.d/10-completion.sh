# shellcheck shell=bash
# Debian loads completions in login shells only; people here mostly start others.
if [ -z "${BASH_COMPLETION_VERSINFO:-}" ] && [ -r /usr/share/bash-completion/bash_completion ]; then
  . /usr/share/bash-completion/bash_completion
fi

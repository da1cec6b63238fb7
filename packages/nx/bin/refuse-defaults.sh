#!/bin/sh
# Ends a task whose caching nx.json's targetDefaults have replaced: it could be taken from the cache when it is out of date.
cat >&2 <<END
error: "targetDefaults" in nx.json replaces $2 of the target "$1": Nx could take an outdated image from its cache.
  nx.json
  help: Leave images and tools out of the entry that sets it. Write it as a list with a filter:
    "targetDefaults": { "$1": [{ "filter": { "projects": ["!tag:type:image", "!tag:type:tool"] }, … }] }
END
# Nx 23.2 takes a task for ended when its process is, and may drop what it wrote right before.
sleep 0.2
exit 1

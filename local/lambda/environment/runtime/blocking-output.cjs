// Loaded into every runtime process. Node queues what a pipe has no room for, so an answer could overtake what was logged before it, and
// the process would be frozen with the rest. Lambda's own runtime logs through a descriptor that blocks.
'use strict';

const { isMainThread } = require('node:worker_threads');

if (isMainThread) {
  for (const { _handle: handle } of [process.stdout, process.stderr]) handle?.setBlocking?.(true);
}

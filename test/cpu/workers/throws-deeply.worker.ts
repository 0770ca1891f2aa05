import { defineWorker } from 'lambda-parallel';

class Link {
  readonly next: Link | undefined;
  constructor(next: Link | undefined) {
    this.next = next;
  }
}

/** Throws what a thread can write, and the main thread, with its smaller stack, perhaps not read. */
export default defineWorker((what: 'field' | 'value' | 'cause' | 'nothing'): string => {
  let link = new Link(undefined);
  for (let level = 0; level < 3000; level += 1) link = new Link(link);
  if (what === 'field') throw Object.assign(new Error('deep'), { link });
  if (what === 'cause') throw new Error('deep', { cause: link });
  if (what === 'value') throw link;
  return 'fine';
});

/** For Piscina and Tinypool: an item, or by its name a chunk of items, as is written by hand. */
import { spin } from '../spin.ts';

export default spin;

export function chunk(items: readonly number[]): number[] {
  return items.map(spin);
}

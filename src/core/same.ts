/** Whether two plain-data values say the same. Facts come back from the store with their keys in another order, so text is no comparison. */
import { deepEqual } from 'fast-equals';

export function sameData(a: unknown, b: unknown): boolean {
  return deepEqual(a, b);
}

/** Percentiles of small samples, by nearest rank: the answer is always a value that was measured. */

/** The smallest value that at least `percent` of the values do not exceed; null of none. */
export function percentile(values: readonly number[], percent: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  return sorted[rank - 1] ?? null;
}

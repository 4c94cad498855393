/** What a look at Herald itself found: one line each, good or bad, with what to do about it. */
export interface Finding {
  /** `good`: as it should be. `notice`: worth knowing. `bad`: something is wrong, and somebody has to act. */
  readonly level: 'good' | 'notice' | 'bad';
  /** What was looked at: `configuration`, `store`, `queue`, `targets`, `deliveries`, … */
  readonly about: string;
  readonly text: string;
  /** The next step; null where there is none. */
  readonly next: string | null;
}

export function good(about: string, text: string): Finding {
  return { level: 'good', about, text, next: null };
}

export function notice(about: string, text: string, next: string | null = null): Finding {
  return { level: 'notice', about, text, next };
}

export function bad(about: string, text: string, next: string): Finding {
  return { level: 'bad', about, text, next };
}

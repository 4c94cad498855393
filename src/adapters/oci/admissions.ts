/**
 * What let us in, kept until it expires or is refused: asking a token service anew at every poll would cost two requests more each time,
 * and some of them limit how often they are asked.
 */
import { createHash } from 'node:crypto';
import { epochMs } from '../../core/time.ts';
import type { Meter } from '../http.ts';
import type { Login } from './access.ts';
import { type Admission, answerChallenge, type Challenge, type Door, readChallenge } from './token.ts';

interface Kept {
  /** A changed login must not go on with what the old one was given. */
  readonly identity: string;
  readonly challenge: Challenge;
  readonly admission: Admission;
}

export interface Admissions {
  /** What to send first: null at a door that has not asked for anything yet. One that is known to be over is renewed before it is sent. */
  standing(door: Door, meter: Meter): Promise<Admission | null>;
  /** A new one, after a refusal with this `WWW-Authenticate` header; without one the challenge that was last answered is answered again. */
  renew(door: Door, header: string | undefined, meter: Meter): Promise<Admission>;
  forget(door: Door): void;
}

/** One entry a repository, so its size is that of the configuration. */
export function createAdmissions(): Admissions {
  const kept = new Map<string, Kept>();

  function of(door: Door): Kept | null {
    const found = kept.get(keyOf(door));
    return found?.identity === identityOf(door.login) ? found : null;
  }

  async function answer(door: Door, challenge: Challenge, meter: Meter): Promise<Admission> {
    // Whatever goes wrong here, the next try begins bare: the registry may have moved its token service.
    kept.delete(keyOf(door));
    const admission = await answerChallenge(door, challenge, meter);
    kept.set(keyOf(door), { identity: identityOf(door.login), challenge, admission });
    return admission;
  }

  return {
    async standing(door, meter) {
      const found = of(door);
      if (found === null) return null;
      const { challenge, admission } = found;
      const isOver = admission.expiresAt !== null && admission.expiresAt <= epochMs(door.clock.now());
      return isOver ? answer(door, challenge, meter) : admission;
    },
    renew: async (door, header, meter) => {
      const last = header === undefined ? of(door)?.challenge : undefined;
      return answer(door, last ?? readChallenge(door, header), meter);
    },
    forget: (door) => void kept.delete(keyOf(door)),
  };
}

function keyOf({ registry, path }: Door): string {
  return `${registry} ${path}`;
}

function identityOf(login: Login | null): string {
  return createHash('sha256').update(JSON.stringify(login)).digest('hex');
}

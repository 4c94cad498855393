/** What a registry's "not found" means. "It is not there" must never be concluded from an answer that says something else. */
import { HeraldError } from '../../core/errors.ts';
import { type HttpResponse, parseJson } from '../http.ts';
import { Refusal } from './schema.ts';

/**
 * For 404 at a manifest: returns when the manifest is not there (MANIFEST_UNKNOWN, or quay.io's TAG_EXPIRED for one that was). Throws
 * NOT_FOUND when it is the repository that the registry does not know, and UNEXPECTED_CONTENT for a proxy's error page, which knows nothing.
 */
export function confirmAbsence(response: HttpResponse): void {
  // The specification does not ask for a body.
  if (response.body.byteLength > 0) confirmRepository(response, parseJson(response, Refusal));
}

/**
 * For 404 at a list of referrers: returns when the registry has no such lists. What does not know the endpoint may answer in any form, so
 * only NAME_UNKNOWN, with which quay.io speaks of the repository, is told apart: it throws NOT_FOUND.
 */
export function confirmUnsupported(response: HttpResponse): void {
  try {
    confirmRepository(response, parseJson(response, Refusal));
  } catch (error) {
    if (!(error instanceof HeraldError && error.code !== 'NOT_FOUND')) throw error;
  }
}

function confirmRepository({ what }: HttpResponse, { errors }: Refusal): void {
  if (!errors.some(({ code }) => code === 'NAME_UNKNOWN')) return;
  throw new HeraldError('NOT_FOUND', `${what}: the registry does not know this repository.`, {
    hint: 'Check the name for a typing mistake; a private repository can look like this too.',
  });
}

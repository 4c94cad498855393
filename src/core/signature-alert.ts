/** What of a release is so wrong with its signatures that it is told at once, to everybody it concerns and to Herald's operators. */
import type { NoticeFacts, PublishedImage, ReleaseFacts } from './release.ts';
import { artifactOf } from './release.ts';
import { type Filter, matchesArtifact } from './subscription.ts';

export type SignatureAlert = Extract<NoticeFacts, { notice: 'signatures' }>;

/** Whether an image is to be alarmed about: its evidence is wrong, or what was there is gone. */
export function isAlarming({ verdict, removedAt }: PublishedImage): boolean {
  if (verdict === undefined || removedAt !== null) return false;
  return verdict.state === 'rejected' || verdict.cautions.some(({ kind }) => kind === 'evidence-gone');
}

/** The alert on a release as it stands; without images when there is nothing (any more) to be alarmed about. */
export function signatureAlertOf({ project, version, images }: Pick<ReleaseFacts, 'project' | 'version' | 'images'>): SignatureAlert {
  return { kind: 'notice', notice: 'signatures', project, version, images: images.filter(isAlarming) };
}

/** The alert for one reader: the images the filter asks for. */
export function narrowAlert(alert: SignatureAlert, filter: Filter): SignatureAlert {
  const asked = alert.images.filter((image) => {
    const artifact = artifactOf(image);
    return artifact === null || matchesArtifact(filter, artifact);
  });
  return { ...alert, images: asked };
}

/** A registry that is asked for exactly these things, once each: what is mocked in test/adapters/oci-*.test.ts, answered from a layout as quay.io does. */
import { createEvidenceSource } from '../../src/adapters/oci/evidence.ts';
import type { Clock, ImageLocation } from '../../src/ports.ts';
import { digestOf } from './docker-registry.ts';
import { mockHost } from './http-mock.ts';
import { cosignTagOf, INDEX, type Layout, type LayoutDescriptor } from './image-layout.ts';
import { clockAt, httpFor } from './sources.ts';

export const QUAY = 'https://quay.io';
export const BASE = '/v2/kairos/hadron';
export const TAG = 'v0.5.1-core-amd64-generic-v4.3.0';

export function at(reference: string, more: Partial<ImageLocation> = {}): ImageLocation {
  return { repository: 'quay.io/kairos/hadron', via: null, endpoint: null, reference, ...more };
}

export function sourceFor(clock: Clock = clockAt()) {
  return createEvidenceSource({ http: httpFor(), clock });
}

export function collect(reference = TAG) {
  return sourceFor().collect(at(reference));
}

/** What may be asked for, as paths below the repository. */
export const sig = (image: LayoutDescriptor) => `manifests/${cosignTagOf(image, '.sig')}`;
export const att = (image: LayoutDescriptor) => `manifests/${cosignTagOf(image, '.att')}`;
export const sbomTag = (image: LayoutDescriptor) => `HEAD manifests/${cosignTagOf(image, '.sbom')}`;
export const fallbackTag = (image: LayoutDescriptor) => `manifests/${cosignTagOf(image, '')}`;
export const referrers = (image: LayoutDescriptor) => `referrers/${image.digest}`;
export const manifest = (image: LayoutDescriptor) => `manifests/${image.digest}`;
export const blob = (layer: LayoutDescriptor) => `blobs/${layer.digest}`;
/** Where the collector looks beside a digest in any case. */
export const beside = (image: LayoutDescriptor) => [sig(image), att(image), referrers(image)];

export type Answer = [status: number, body?: string | object, headers?: Record<string, string>];

/** An error body of the specification. */
export function refusal(code: string) {
  return { errors: [{ code, message: code, detail: {} }] };
}

export function mockAsked(layout: Layout, ...asked: readonly string[]): void {
  for (const path of asked) mockAnswer(path, ...answerOf(layout, path));
}

export function mockAnswer(asked: string, ...[status, body = '', headers = {}]: Answer): void {
  const [path = '', method = 'GET'] = asked.split(' ').reverse();
  const scope = mockHost(QUAY);
  const interceptor = method === 'HEAD' ? scope.head(`${BASE}/${path}`) : scope.get(`${BASE}/${path}`);
  interceptor.reply(status, typeof body === 'string' ? body : JSON.stringify(body), headers);
}

export function answerOf(layout: Layout, asked: string): Answer {
  const [endpoint, name = ''] = (asked.split(' ').at(-1) ?? '').split('/');
  if (endpoint === 'referrers') return [200, layout.referrersOf(name), { 'content-type': INDEX }];
  if (endpoint === 'blobs') return [200, layout.blobs.get(name)?.content ?? ''];
  const body = layout.manifests.get(name);
  if (body === undefined) return [404, refusal('MANIFEST_UNKNOWN'), { 'content-type': 'application/json' }];
  const digest = digestOf(JSON.stringify(body));
  return [200, asked.startsWith('HEAD') ? '' : body, { 'content-type': body.mediaType, 'docker-content-digest': digest }];
}

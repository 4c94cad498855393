/** The content fetched for one look: each blob once however often it is named, and together no more than a process can hold. */
import type { OciClient } from './client.ts';
import type { Descriptor } from './schema.ts';

const MIB = 1024 * 1024;
/** An SBOM of Kairos has up to 40 MiB, which is what BuildKit allows; as an attestation it is a third larger. */
export const MAX_BLOB_BYTES = 64 * MIB;
export const MAX_SHELF_BYTES = 128 * MIB;

/** Null, without a request, for what is larger than `maxBytes` or than what is left. Who comes first is served first. */
export type Shelf = (layer: Descriptor, maxBytes: number) => Promise<Uint8Array> | null;

export function createShelf(client: OciClient): Shelf {
  const held = new Map<string, Promise<Uint8Array>>();
  let room = MAX_SHELF_BYTES;
  return (layer, maxBytes) => {
    // Of two sizes for one digest one is a lie, which the client finds out.
    const key = `${layer.digest} ${layer.size}`;
    const known = held.get(key);
    if (known !== undefined) return known;
    if (layer.size > Math.min(maxBytes, room)) return null;
    room -= layer.size;
    const bytes = client.blob(layer, maxBytes);
    held.set(key, bytes);
    return bytes;
  };
}

/** What is signed: some bytes as they are, or a DSSE envelope around a payload (https://github.com/secure-systems-lab/dsse). */

export interface Content {
  /** The bytes under the signature. */
  readonly signed: Buffer;
  readonly envelope: { readonly payload: Buffer; readonly payloadType: string } | null;
}

export const IN_TOTO = 'application/vnd.in-toto+json';

export function messageContent(bytes: Buffer): Content {
  return { signed: bytes, envelope: null };
}

export function envelopeContent(payload: Buffer, payloadType: string): Content {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return { signed: Buffer.concat([Buffer.from(head), payload]), envelope: { payload, payloadType } };
}

/** The bytes of a payload: of text and bytes as they are, of anything else its JSON. */
export function payloadBytes(payload: object | string): Buffer {
  if (payload instanceof Uint8Array) return Buffer.from(payload);
  return Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
}

/** The envelope as cosign stores it. */
export function envelopeJson({ envelope }: Content, signatures: readonly Buffer[]) {
  if (envelope === null) throw new Error('a message has no envelope');
  return {
    payloadType: envelope.payloadType,
    payload: envelope.payload.toString('base64'),
    signatures: signatures.map((signature) => ({ keyid: '', sig: signature.toString('base64') })),
  };
}

/** Its bytes: what cosign stores, stamps and logs the hash of. */
export function envelopeBytes(content: Content, signatures: readonly Buffer[]): Buffer {
  return Buffer.from(JSON.stringify(envelopeJson(content, signatures)));
}

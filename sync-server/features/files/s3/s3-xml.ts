import type { StoredObject } from '../object-store.ts';

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'" };
const unescape = (text: string): string => text.replaceAll(/&(?:amp|lt|gt|quot|apos);/g, (entity) => entities[entity]!);

/** The text of the first element of this name; null where there is none. S3's answers are flat enough for this. */
export function readTag(xml: string, name: string): string | null {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return found === undefined ? null : unescape(found);
}

/** One page of `ListObjectsV2` and the token of the next, null at the end. */
export function readListing(xml: string): { objects: StoredObject[]; next: string | null } {
  const objects = [...xml.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)].map(([, entry]) => ({
    key: readTag(entry!, 'Key') ?? '',
    modified: new Date(readTag(entry!, 'LastModified') ?? 0),
  }));
  return { objects, next: readTag(xml, 'IsTruncated') === 'true' ? readTag(xml, 'NextContinuationToken') : null };
}

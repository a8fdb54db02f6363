/** Elements a drawing may consist of: shapes, paint and structure, nothing that runs, loads or links. */
const elements = new Set(
  `svg g defs title desc metadata path rect circle ellipse line polyline polygon text tspan textpath use symbol marker
   lineargradient radialgradient stop clippath mask pattern filter fegaussianblur feoffset feblend feflood fecomposite
   femerge femergenode fecolormatrix femorphology fedropshadow switch`.split(/\s+/),
);
/** Attributes that name something else; allowed only where it lies in the same drawing. */
const references = new Set(['href', 'xlink:href']);

const tag = /<\s*(\/?)\s*([A-Za-z_][\w:.-]*)((?:[^<>"']|"[^"<]*"|'[^'<]*')*)>/y;
const attribute = /([^\s=/"'<>]+)\s*=\s*("[^"]*"|'[^']*')/g;
const skipped = /<\?xml\s[^>]*\?>|<!--(?:(?!--)[\s\S])*-->/y;

/**
 * Whether a drawing is nothing but a drawing. It is not repaired: what is not on the list refuses the whole file, because a
 * cleaner that misses one trick is worse than a designer who exports again.
 */
export function isHarmlessSvg(bytes: Buffer): boolean {
  const text = decode(bytes);
  if (text === null || !/^\s*(<\?xml[^>]*\?>\s*)?(<!--[\s\S]*?-->\s*)*<svg[\s>]/.test(text)) return false;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    skipped.lastIndex = at;
    if (skipped.test(text)) {
      at = skipped.lastIndex;
      continue;
    }
    tag.lastIndex = at;
    const found = tag.exec(text);
    if (!found || !isHarmlessTag(found[2]!, found[3]!)) return false;
    at = tag.lastIndex;
  }
  return true;
}

function isHarmlessTag(name: string, attributes: string): boolean {
  if (!elements.has(name.toLowerCase())) return false;
  if (attributes.replaceAll(attribute, '').replace('/', '').trim() !== '') return false;
  for (const [, key, quoted] of attributes.matchAll(attribute)) {
    const word = key!.toLowerCase();
    const value = quoted!.slice(1, -1).trim().toLowerCase();
    if (word.startsWith('on')) return false;
    if (references.has(word) && !value.startsWith('#')) return false;
    // Character references and escapes could hide any of these; a drawing needs neither.
    if (/[&\\]|javascript:|data:|@import|expression\s*\(/.test(value)) return false;
    if (/url\(\s*['"]?(?!#)/.test(value)) return false;
  }
  return true;
}

function decode(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Not text, so no drawing.
    return null;
  }
}

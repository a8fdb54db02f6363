/** A one-page PDF of plain lines in Helvetica, enough to be previewed and printed. Only Latin-1 text. */
export function plainPdf(title: string, lines: readonly string[]): Buffer {
  const shown = [`BT /F1 18 Tf 56 780 Td (${escape(title)}) Tj ET`];
  lines
    .slice(0, 40)
    .forEach((line, index) => shown.push(`BT /F1 11 Tf 56 ${750 - index * 17} Td (${escape(line)}) Tj ET`));
  const page = shown.join('\n');
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${Buffer.byteLength(page, 'latin1')} >>\nstream\n${page}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = Buffer.byteLength(text, 'latin1');
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const start = Buffer.byteLength(text, 'latin1');
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

const escape = (text: string): string => text.replaceAll(/[\\()]/g, (sign) => `\\${sign}`);

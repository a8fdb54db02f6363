/** One line of a pasted or uploaded list of students, as far as its cells could be told apart. */
export type StudentRow = { row: number; full_name: string; email: string; phone: string };

/** Most lines one list may have (workflows 3.5). */
export const mostStudentRows = 500;

const separators = ['\t', '|', ';', ','] as const;
const looksLikeMail = (cell: string): boolean => /^\S+@\S+$/.test(cell);
const looksLikePhone = (cell: string): boolean => /^\+?[\d\s().-]{7,}$/.test(cell);
const headings = { full_name: /name/i, email: /e-?mail/i, phone: /phone|mobile|whats/i } as const;

/**
 * Reads a list of name, address and number, separated by tabs, bars, semicolons or commas. A first line of headings says which column is
 * which; without one each cell is told by its look. Empty lines are passed over; `row` counts the lines of the text from 1.
 */
export function readStudentRows(text: string): StudentRow[] {
  const lines = text.split(/\r\n|\r|\n/).map((line, index) => ({ line, row: index + 1 }));
  const filled = lines.filter(({ line }) => line.trim() !== '');
  const separator = separators.find((sign) => filled[0]?.line.includes(sign)) ?? ',';
  const cells = filled.map(({ line, row }) => ({ row, cells: split(line, separator) }));
  const columns = cells[0] ? readHeadings(cells[0].cells) : null;
  return (columns ? cells.slice(1) : cells).map(({ row, cells: values }) => ({
    row,
    ...(columns ? byColumn(values, columns) : byLook(values)),
  }));
}

type Columns = Record<keyof typeof headings, number>;

function readHeadings(cells: readonly string[]): Columns | null {
  if (cells.some(looksLikeMail)) return null;
  const at = (pattern: RegExp): number => cells.findIndex((cell) => pattern.test(cell));
  const columns = { email: at(headings.email), phone: at(headings.phone), full_name: at(headings.full_name) };
  return columns.email === -1 ? null : columns;
}

const byColumn = (cells: readonly string[], { full_name, email, phone }: Columns): Omit<StudentRow, 'row'> => ({
  full_name: cells[full_name] ?? '',
  email: cells[email] ?? '',
  phone: cells[phone] ?? '',
});

function byLook(cells: readonly string[]): Omit<StudentRow, 'row'> {
  const email = cells.find(looksLikeMail) ?? '';
  const phone = cells.find((cell) => cell !== email && looksLikePhone(cell)) ?? '';
  const full_name = cells.find((cell) => cell !== '' && cell !== email && cell !== phone) ?? '';
  return { full_name, email, phone };
}

/** Cells of one line; in quotes a separator is a sign like others, and two quotes are one. */
function split(line: string, separator: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const sign = line[at]!;
    if (sign === '"' && quoted && line[at + 1] === '"') {
      cell += '"';
      at++;
    } else if (sign === '"' && (quoted || cell.trim() === '')) quoted = !quoted;
    else if (sign === separator && !quoted) {
      cells.push(cell.trim());
      cell = '';
    } else cell += sign;
  }
  return [...cells, cell.trim()];
}

const name = 'growthos.palette';

/** What was chosen last, newest last; ids of entries only, no words. */
export const recentlyChosen = (): string[] => {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(name) ?? '[]');
    return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
  } catch {
    // Unreadable or no storage: nothing is recent.
    return [];
  }
};

export const rememberChosen = (id: string): void => {
  const next = [...recentlyChosen().filter((one) => one !== id), id].slice(-8);
  try {
    localStorage.setItem(name, JSON.stringify(next));
  } catch {
    // Without storage the order is simply that of the table.
  }
};

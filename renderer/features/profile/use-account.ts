import { useCallback, useEffect, useState } from 'react';
import { readAccount, type Account, type AccountAnswer } from '../../platform/account.ts';
import { session, type Connection } from '../../platform/index.ts';

/** The signed-in line to the server; nobody signed in is an ended session. */
export async function withLine<T>(ask: (line: Connection) => Promise<AccountAnswer<T>>): Promise<AccountAnswer<T>> {
  const line = await session.connection();
  return line ? ask(line) : { ok: false, fault: 'expired' };
}

/** What the server knows of the account now: null while it is asked for, and where it could not be reached. */
export function useAccount(): {
  account: Account | null;
  unreachable: boolean;
  reload: () => Promise<void>;
  /** Shows what an answer just said. */
  take: (account: Account) => void;
} {
  const [account, setAccount] = useState<Account | null>(null);
  const [unreachable, setUnreachable] = useState(false);
  const reload = useCallback(async (): Promise<void> => {
    const answer = await withLine(readAccount);
    if (answer.ok) setAccount(answer.value);
    setUnreachable(!answer.ok);
  }, []);
  useEffect(() => void reload(), [reload]);
  return { account, unreachable, reload, take: setAccount };
}

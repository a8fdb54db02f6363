import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';

const Now = createContext<Date | null>(null);

/** Gives the tree one ticking now, so that a list never mixes two times. `read` is the trusted clock. */
export function NowProvider({ read, children }: { read: () => Date; children: ReactNode }) {
  const [now, setNow] = useState(read);
  useEffect(() => {
    setNow(read());
    const timer = setInterval(() => setNow(read()), 30_000);
    return () => clearInterval(timer);
  }, [read]);
  return <Now.Provider value={now}>{children}</Now.Provider>;
}

/** Now, refreshed twice a minute; for words like *2 hours ago*, never for rules. */
export const useNow = (): Date => {
  const given = useContext(Now);
  const [own] = useState(() => new Date());
  return given ?? own;
};

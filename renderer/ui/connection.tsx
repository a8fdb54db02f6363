import { createContext, useContext } from 'react';

/** Whether the sync server answered within the heartbeat; given by the app, read by whatever needs a connection. */
export const ConnectionContext = createContext<boolean>(true);
export const useOnline = (): boolean => useContext(ConnectionContext);

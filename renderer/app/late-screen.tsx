import { useCallback, useEffect, useState, type ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorPanel, Page, useNamePage, useOnline } from '../ui/index.ts';
import type { ScreenRoute } from './screen-route.ts';

type Loaded = Awaited<ReturnType<ScreenRoute['load']>>;
const componentOf = (module: Loaded): ComponentType => ('default' in module ? module.default : module.Component);

/**
 * The screen, or in its place what says that its code could not be fetched. Not thrown as an error: the router would show nothing at
 * all for a route whose code never came, and a page that is loaded anew without a network is gone altogether.
 */
export const loadScreen = (screen: ScreenRoute): Promise<ComponentType> =>
  screen.load().then(componentOf, () => lateScreen(screen));

/** Tries again when the person says so, and by itself as soon as there is a connection. */
function lateScreen(screen: ScreenRoute): ComponentType {
  let arrived: ComponentType | null = null;
  return function LateScreen() {
    const { t } = useTranslation('shell');
    const online = useOnline();
    const [Arrived, setArrived] = useState<ComponentType | null>(() => arrived);
    const fetch = useCallback(async (): Promise<boolean> => {
      const module = await screen.load().catch(() => null);
      if (module) arrived = componentOf(module);
      setArrived(() => arrived);
      return module !== null;
    }, []);
    useEffect(() => {
      if (online && !arrived) void fetch();
    }, [online, fetch]);
    useNamePage(Arrived ? '' : t(`screens.${screen.id}`));
    if (Arrived) return <Arrived />;
    // With a connection, code that does not come is that of an older release: a new start fetches the present one.
    const retry = async (): Promise<void> => {
      if (!(await fetch()) && online) window.location.reload();
    };
    return (
      <Page>
        <h1 className="sr-only">{t('failed.title')}</h1>
        <ErrorPanel title={t('failed.title')} onRetry={() => void retry()}>
          {t('failed.offline')}
        </ErrorPanel>
      </Page>
    );
  };
}

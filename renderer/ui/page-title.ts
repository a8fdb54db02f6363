import { useEffect } from 'react';
import { create } from 'zustand';

export type Crumb = { label: string; to?: string };

/** What the page on screen is called: the title bar's breadcrumb and the window title read it. */
export const usePageTitle = create<{ title: string; parents: readonly Crumb[] }>(() => ({ title: '', parents: [] }));

/** Names the page while it is shown. `PageHeader` does this for its own title. */
export const useNamePage = (title: string, parents: readonly Crumb[] = []): void => {
  const trail = parents.map((crumb) => `${crumb.label}\u0000${crumb.to ?? ''}`).join('\u0001');
  useEffect(() => {
    if (!title) return;
    const named = trail ? trail.split('\u0001').map((part) => part.split('\u0000')) : [];
    usePageTitle.setState({ title, parents: named.map(([label = '', to]) => ({ label, to: to || undefined })) });
  }, [title, trail]);
};
